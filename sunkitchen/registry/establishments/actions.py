"""What happens to a kitchen: registered by its owner, edited, opened to the public by its first food permit."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused, Step, move

from .. import numbers
from ..checked import checked
from ..memberships.models import Membership
from .models import Establishment

OPEN = Step("open", {Establishment.State.REGISTERED}, Establishment.State.OPEN)
FACTS = ("signboard", "operator_name", "uscc", "address", "division", "category", "phone", "hours")
CHECKED = ("operator_name", "uscc", "division")  # what a clerk compares with the papers
UNOPENED_AT_ONCE = 20  # kitchens of one person that wait for their first permit


@transaction.atomic
def register(
    *,
    by: User,
    signboard: str,
    operator_name: str,
    address: str,
    division: str,
    category: str,
    uscc: str = "",
    phone: str = "",
    hours: Sequence[list[str] | None] = (),
    is_demo: bool = False,
) -> Establishment:
    """A new kitchen, not public yet, with `by` as its owner. Refused when a fact breaks a rule."""
    waiting = Establishment.objects.filter(
        memberships__user=by, memberships__ended_at=None, state=Establishment.State.REGISTERED
    )
    if waiting.count() >= UNOPENED_AT_ONCE:
        raise Refused(_("Please hand in the permits of your other kitchens first."))
    place = Establishment(
        signboard=signboard.strip(),
        operator_name=operator_name.strip(),
        address=address.strip(),
        division=division.strip(),
        category=category,
        uscc=uscc,
        phone=phone.strip(),
        hours=list(hours),
        is_demo=is_demo,
    )
    _check(place)
    place.save()
    Membership.objects.create(user=by, establishment=place, role=Membership.Role.OWNER)
    audit.record(by, "establishment.registered", place)
    return place


@transaction.atomic
def edit(establishment: Establishment, *, by: User, **facts: Any) -> Establishment:
    """Change facts of FACTS. What papers are checked against stays while one is reviewed and once the kitchen is open:
    another place or operator is another kitchen."""
    if unknown := facts.keys() - set(FACTS):
        raise TypeError(f"not facts of a kitchen: {sorted(unknown)}")
    place = Establishment.objects.select_for_update().get(pk=establishment.pk)
    before = {name: getattr(place, name) for name in facts}
    for name, value in facts.items():
        setattr(place, name, value.strip() if isinstance(value, str) else value)
    _check(place)
    changes = {name: [old, getattr(place, name)] for name, old in before.items() if old != getattr(place, name)}
    if "division" in changes and place.state != Establishment.State.REGISTERED:
        raise Refused(_("An open kitchen cannot move to another division. Please register the new place."))
    if any(name in changes and changes[name][0] for name in CHECKED):
        if place.state != Establishment.State.REGISTERED:
            raise Refused(_("An open kitchen keeps its legal name and credit code. Please register the new operator."))
        if place.credentials.filter(state="submitted").exists():
            raise Refused(_("A paper is being compared with this. Please take it back first, then correct it."))
    if changes:
        place.save(update_fields=list(changes))
        audit.record(by, "establishment.edited", place, changes=changes)
    establishment.refresh_from_db()
    return establishment


@transaction.atomic
def open(establishment: Establishment, *, by: User) -> None:
    """The public may see it from now on. WrongState unless it was only registered."""
    move(establishment, OPEN, opened_at=timezone.now())
    audit.record(by, "establishment.opened", establishment)


def _check(place: Establishment) -> None:
    if place.uscc:
        try:
            place.uscc = numbers.uscc(place.uscc)
        except numbers.BadNumber as error:
            raise Refused(str(error)) from None
    if not re.fullmatch(r"[0-9]{6,12}", place.division):
        raise Refused(_("A division code has 6 to 12 digits (GB/T 2260), for example 999901."))
    if place.hours and len(place.hours) != 7:
        raise Refused(_("Opening hours are given for all seven days of the week, or not at all."))
    checked(place)
