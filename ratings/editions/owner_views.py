"""The owner's pages of a listing: what is said of the kitchen, the time to object, and the way out of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ratings.words import spoken
from sunkitchen.core import files
from sunkitchen.core.access import Can, can

from . import actions, edition, forms, path, rectifying
from .gates import listing_of_mine, saying_no_in, status_of
from .models import Listing


@login_required
def listing_desk(request, pk):
    return _desk_page(request, listing_of_mine(request.user, pk, Can.SEE_KITCHEN))


@login_required
def listing_object(request, pk):
    row = listing_of_mine(request.user, pk, Can.OBJECT)
    if request.method != "POST":
        return redirect("listing_desk", pk)
    form = forms.ObjectionForm(request.POST)
    if form.is_valid():
        with saying_no_in(form):
            actions.lodge(row, by=request.user, **form.cleaned_data)
            return redirect("listing_desk", pk)
    return _desk_page(request, listing_of_mine(request.user, pk, Can.OBJECT), form)


@login_required
def listing_mended(request, pk):
    """Say that it is mended, with photos: somebody comes to look."""
    row = listing_of_mine(request.user, pk, Can.OBJECT)
    if request.method != "POST":
        return redirect("listing_desk", pk)
    form = forms.RectificationForm(request.POST, request.FILES)
    if form.is_valid():
        with saying_no_in(form), files.admitting(form.cleaned_data["photos"], kinds=files.IMAGES) as photos:
            rectifying.ask(row, by=request.user, statement=form.cleaned_data["statement"], photos=photos)
            return redirect("listing_desk", pk)
    return _desk_page(request, listing_of_mine(request.user, pk, Can.OBJECT), mending=form)


@login_required
def listing_proof(request, pk):
    """The checkpoint and the proof that the listing's edition is in the log, as a text to keep."""
    row = listing_of_mine(request.user, pk, Can.SEE_KITCHEN)
    try:
        text = edition.proof_text(row.edition)
    except edition.Unsigned:
        return redirect("listing_desk", pk)  # within a minute it is there
    name = f"{row.edition.authority.slug}-{row.edition.year}-{row.edition.number}-proof.txt"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=disposition)


def _desk_page(request, row, bound=None, mending=None):
    now = timezone.now()
    may = can(request.user, Can.OBJECT, row)
    may_object = row.state == Listing.State.SERVED and row.window_is_open(now) and may
    may_mend = may and rectifying.may_be_asked(row, now)
    amended = list(row.amendments.order_by("pk"))
    context = {
        "listing": row,
        "rule": row.edition.rules.black(row.rule) if row.colour == Listing.Colour.BLACK else None,
        "rule_words": spoken(row.edition.rules.black(row.rule)) if row.colour == Listing.Colour.BLACK else "",
        "clock": path.clock(row, now),
        "objections": row.objections.order_by("pk"),
        "amended": amended,
        "hiding": next((one for one in amended if one.hides), None),
        "is_over": row.term_until is not None and row.term_until < timezone.localtime(now).date(),
        "rectifications": row.rectifications.select_related("inspection").prefetch_related("files").order_by("pk"),
        "form": bound or (forms.ObjectionForm() if may_object else None),
        "mending": mending or (forms.RectificationForm() if may_mend else None),
    }
    return render(request, "ratings/listing_desk.html", context, status=status_of(bound or mending))
