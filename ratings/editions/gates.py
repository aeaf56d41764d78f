"""The gates of the pages of editions and listings, and how a page says what an action refused."""

from contextlib import contextmanager

from django.db.models import Q
from django.shortcuts import get_object_or_404

from sunkitchen.core import files
from sunkitchen.core.access import require
from sunkitchen.core.workflow import Refused

from .models import Edition, Listing

PICKED = "edition__authority", "establishment", "identity", "service__proof", "waiver__proof", "picked_by", "noticed_by"


def edition_for(user, pk, capability):
    edition = get_object_or_404(Edition.objects.select_related("authority", "entry", "released_by"), pk=pk)
    require(user, capability, edition)
    return edition


def listing_for(user, pk, capability):
    """An officer's, of the bureau whose edition it is on."""
    row = get_object_or_404(Listing.objects.select_related(*PICKED), pk=pk)
    require(user, capability, row.edition)
    return row


def listing_of_mine(user, pk, capability):
    """An owner's: from the notice on; what is only being drafted is not theirs to see."""
    row = get_object_or_404(
        Listing.objects.select_related(*PICKED).filter(Q(noticed_at__isnull=False) | Q(sealed_at__isnull=False)), pk=pk
    )
    require(user, capability, row)
    return row


@contextmanager
def saying_no_in(form):
    """What an action refuses is said in the form, with the status of the refusal."""
    try:
        yield
    except Refused as refused:
        form.status = refused.said_in(form)


def status_of(form):
    """What a page answers with that shows this form: 200 for a fresh one."""
    return getattr(form, "status", 422) if form is not None and form.is_bound else 200


@contextmanager
def admitted(upload):
    """One upload made safe, or None for none."""
    if upload is None:
        yield None
        return
    with files.admitting([upload]) as (page,):
        yield page
