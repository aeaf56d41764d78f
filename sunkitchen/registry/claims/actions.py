"""What happens between the register and an operator: invited by a letter, the kitchen claimed with its code."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import Refused, WrongState

from .. import numbers
from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..memberships.models import Membership
from . import codes, letters
from .models import MOST_WRONG, Invitation

VALID = timedelta(days=90)
MOST_LETTERS = 500  # in one file
MOST_PLACES = 100  # kitchens of one operator among which a code is looked for


def invite(establishment: Establishment, *, by: User, at: datetime | None = None) -> str:
    """A fresh code for whoever runs the kitchen, to be printed once. An earlier one no longer opens it."""
    access.require(by, Can.INVITE_OWNERS, establishment)
    [(_place, code)] = invite_all([establishment], by=by, at=at)
    return code


@transaction.atomic
def invite_all(
    establishments: Sequence[Establishment], *, by: User, at: datetime | None = None
) -> list[tuple[Establishment, str]]:
    """A fresh code for each, in their order. Refused, and none written, when one is claimed or closed already."""
    at = at or timezone.now()
    if len(establishments) > MOST_LETTERS:
        raise Refused(_("At most %(most)s letters at once.") % {"most": MOST_LETTERS})
    ids = [place.pk for place in establishments]
    held = Establishment.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    places = {place.pk: place for place in held}
    able = Establishment.objects.within(by, Can.INVITE_OWNERS).filter(pk__in=ids)
    if able.count() != len(places):
        raise PermissionDenied
    if able.unclaimed().exclude(state=Establishment.State.CLOSED).count() != len(places):
        raise Refused(_("A kitchen that somebody acts for, or that is closed, gets no letter."))
    Invitation.objects.filter(establishment__in=ids, used_at=None, revoked_at=None).update(revoked_at=at)
    fresh = [(places[pk], codes.fresh()) for pk in ids]
    Invitation.objects.bulk_create(
        Invitation(
            establishment=place,
            code_hash=codes.hashed(code, place.pk),
            issued_by=by,
            issued_at=at,
            expires_at=at + VALID,
        )
        for place, code in fresh
    )
    AuditEntry.objects.bulk_create([audit.entry(by, "kitchen.invited", place) for place in places.values()])
    return fresh


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    """Its code opens nothing from now on. WrongState when it was used or revoked already."""
    access.require(by, Can.INVITE_OWNERS, invitation)
    standing = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if not standing.update(revoked_at=timezone.now()):
        raise WrongState("revoke")
    invitation.refresh_from_db()
    audit.record(by, "invitation.revoked", invitation, kitchen=invitation.establishment.code)


def claim(*, by: User, number: str, code: str, at: datetime | None = None) -> Establishment:
    """The person owns the kitchen from now on. `number` is its credit code or permit number, `code` its letter's.

    Refused with one sentence for whatever is wrong, so that nobody learns which part; a wrong code counts against the
    invitation even so. Callers limit how often a person, and an address, may ask.
    """
    at = at or timezone.now()
    places = _places(number)
    if places and all(place.claimed for place in places):
        raise Refused(_("Somebody acts for this kitchen here already. Is it yours? Please ask your bureau."))
    asked = _asked([place.pk for place in places], at)
    found = next((one for one in asked if codes.fits(code, one.establishment_id, one.code_hash)), None)
    if found is None:
        raise _wrong()
    with transaction.atomic():
        # Kitchens first, in their order, as `invite_all` takes them: the other way round two of us wait for each other.
        ids = [one.establishment_id for one in asked]
        list(Establishment.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        # The tries that this one cost are given back: an operator of six kitchens has six letters.
        Invitation.objects.filter(pk__in=[one.pk for one in asked], failures__gt=0).update(failures=F("failures") - 1)
        return _take(found, by, at)


def waits(number: str) -> bool:
    """Whether this number belongs to a kitchen of the register that nobody has claimed: its operator claims it."""
    return any(not place.claimed for place in _places(number))


def numbers_of(establishments: Sequence[Establishment]) -> dict[int, str]:
    """{kitchen's id: its permit's number}, for a letter."""
    rows = Credential.objects.filter(
        establishment__in=establishments, kind__in=Credential.PERMITS, state=Credential.State.IN_FORCE
    )
    return dict(rows.order_by("valid_from").values_list("establishment", "number"))


def _take(invitation: Invitation, by: User, at: datetime) -> Establishment:
    place = Establishment.objects.select_for_update().get(pk=invitation.establishment_id)
    if Membership.objects.filter(establishment=place, ended_at=None).exists():
        raise Refused(_("Somebody acts for this kitchen here already. Is it yours? Please ask your bureau."))
    if access.can(by, Can.SEE_OFFICE, place):
        raise Refused(_("An officer of the authority that supervises a kitchen cannot act for it."))
    if Invitation.objects.standing(at).filter(pk=invitation.pk).update(used_at=at, used_by=by) != 1:
        raise _wrong()
    invitation.refresh_from_db()
    Membership.objects.create(user=by, establishment=place, role=Membership.Role.OWNER)
    audit.record(by, "kitchen.claimed", place, invitation=invitation.pk)
    letters.claimed(invitation, place)
    return place


def _places(number: str) -> list[Any]:
    text = numbers.compact(unicodedata.normalize("NFKC", number))
    if not 6 <= len(text) <= 30:
        return []
    papers = Credential.objects.filter(
        number=text, kind__in=Credential.OF_KITCHEN, state__in=[Credential.State.IN_FORCE, Credential.State.REPLACED]
    )
    acting = Membership.objects.filter(establishment=OuterRef("pk"), ended_at=None)
    # What never opened, closed or not, is nobody's truth: anybody may have registered it under this number.
    rows = Establishment.objects.public().filter(Q(uscc=text) | Q(pk__in=papers.values("establishment")))
    return list(rows.annotate(claimed=Exists(acting)).order_by("pk")[:MOST_PLACES])


def _asked(places: list[int], at: datetime) -> list[Invitation]:
    """Their invitations, each with one try less: taken before anything is compared, so parallel guesses all count."""
    asked = []
    for invitation in Invitation.objects.standing(at).filter(establishment__in=places).order_by("pk"):
        tries = Invitation.objects.standing(at).filter(pk=invitation.pk, failures__lt=MOST_WRONG)
        if tries.update(failures=F("failures") + 1):
            asked.append(invitation)
    return asked


def _wrong() -> Refused:
    return Refused(
        _(
            "Number and code do not open a kitchen. Please compare both with the letter; after five wrong codes, or 90 days, the bureau has to send a new one."
        )
    )
