"""The one write of the plan: a kitchen's risk class."""

from django.db import transaction
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Establishment

from . import classes
from .models import Risk


@transaction.atomic
def set_risk(establishment: Establishment, letter: str, because: str, *, by: User) -> Risk:
    """Give the kitchen this class, with the reason. What it had before stays on record."""
    access.require(by, Can.SET_RISK, establishment)
    if establishment.pk in access.own(by):
        raise Refused(_("Nobody decides about a kitchen that they act for."))
    if letter not in Risk.Letter.values:
        raise Refused(_("There is no such risk class."))
    because = " ".join(because.split())
    if not because:
        raise Refused(_("Please give the reason: the next officer needs it."))
    before = classes.letter_of(establishment)
    if letter == before:
        raise Refused(_("The kitchen is in this class already."))
    risk = Risk.objects.create(establishment=establishment, letter=letter, because=because[:500], set_by=by)
    audit.record(by, "risk.set", establishment, letter=letter, before=before)
    return risk
