"""A guest says how it was: a few taps, once for each pass."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import locks
from sunkitchen.core.tickets import BadTicket
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Establishment

from . import passes
from .models import Satisfaction

MOST_OF_A_TABLE = 20
WITHIN = timedelta(hours=3)


class SaidAlready(WrongState):
    """One pass speaks once."""


@transaction.atomic
def say(
    establishment: Establishment,
    *,
    dined: str,
    overall: int,
    cleanliness: int | None = None,
    food: int | None = None,
    at: datetime | None = None,
) -> Satisfaction:
    """Nothing of the guest is kept but the digest of `dined`, their pass."""
    at = at or timezone.now()
    try:
        sticker = passes.read(dined, at)
    except BadTicket:
        sticker = None
    if sticker is None or sticker.establishment_id != establishment.pk:
        raise Refused(
            _("This took too long, or the code is no longer valid. Please scan the code on your table again.")
        )
    if any(mark is not None and not 1 <= mark <= 5 for mark in (overall, cleanliness, food)):
        raise Refused(_("Please choose one of the five faces."))
    locks.hold(f"satisfaction at {establishment.pk}")
    said = Satisfaction.objects.filter(establishment=establishment, table=sticker.table, at__gt=at - WITHIN)
    if said.count() >= MOST_OF_A_TABLE:
        raise Refused(_("This table has said enough for now. Thank you."))
    try:
        with transaction.atomic():
            return Satisfaction.objects.create(
                establishment=establishment,
                table=sticker.table,
                at=at,
                overall=overall,
                cleanliness=cleanliness,
                food=food,
                pass_hash=passes.digest(dined),
            )
    except IntegrityError:
        raise SaidAlready("say") from None
