"""What happens to a kitchen: registered by its owner, edited, opened by its first food permit, closed and reopened."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
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
from . import coordinates as systems
from . import letters
from .models import Establishment

State = Establishment.State
OPEN = Step("open", {State.REGISTERED}, State.OPEN)
CLOSE = Step("close", {State.OPEN, State.REGISTERED}, State.CLOSED)
REOPEN = Step("reopen", {State.CLOSED}, State.OPEN)
OPEN_ANEW = Step("open_anew", {State.CLOSED}, State.OPEN)
WAIT_AGAIN = Step("wait_again", {State.CLOSED}, State.REGISTERED)
FACTS = ("signboard", "operator_name", "uscc", "address", "division", "category", "phone", "hours", "cuisines")
POINT = ("latitude", "longitude", "coordinates")
CHECKED = ("operator_name", "uscc", "division")  # what a clerk compares with the papers
UNOPENED_AT_ONCE = 20  # kitchens of one person that wait for their first permit
Degrees = Decimal | float | str | None


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
    cuisines: Sequence[str] = (),
    latitude: Degrees = None,
    longitude: Degrees = None,
    coordinates: str = "",
    is_demo: bool = False,
) -> Establishment:
    """A new kitchen, not public yet, with `by` as its owner. Refused when a fact breaks a rule.

    The map point is in degrees of the system `coordinates` (Establishment.Coordinates), or not given at all.
    """
    # Closed ones too: who closes one to make room for the next could reopen them all.
    waiting = Establishment.objects.filter(memberships__user=by, memberships__ended_at=None, opened_at=None)
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
        cuisines=list(cuisines),
        is_demo=is_demo,
    )
    _place(place, latitude, longitude, coordinates)
    _check(place)
    place.save()
    Membership.objects.create(user=by, establishment=place, role=Membership.Role.OWNER)
    audit.record(by, "establishment.registered", place)
    return place


@transaction.atomic
def edit(establishment: Establishment, *, by: User, **facts: Any) -> Establishment:
    """Change facts of FACTS, and the map point: POINT, in degrees of the declared system, all None or "" to forget it.
    What papers are checked against stays while one is reviewed and once the kitchen is open:
    another place or operator is another kitchen."""
    if unknown := facts.keys() - {*FACTS, *POINT}:
        raise TypeError(f"not facts of a kitchen: {sorted(unknown)}")
    place = Establishment.objects.select_for_update().get(pk=establishment.pk)
    before = {name: getattr(place, name) for name in facts}
    point = {name: facts.pop(name) for name in POINT if name in facts}
    for name, value in facts.items():
        setattr(place, name, value.strip() if isinstance(value, str) else value)
    if point:
        _place(place, **point)
    _check(place)
    changes = {name: [old, getattr(place, name)] for name, old in before.items() if old != getattr(place, name)}
    if "division" in changes and place.state != Establishment.State.REGISTERED:
        raise Refused(_("An open kitchen cannot move to another division. Please register the new place."))
    if any(name in changes and changes[name][0] for name in CHECKED):
        if place.state != Establishment.State.REGISTERED:
            raise Refused(_("An open kitchen keeps its legal name and credit code. Please register the new operator."))
        if place.credentials.of_kitchen().filter(state="submitted").exists():
            raise Refused(_("A paper is being compared with this. Please take it back first, then correct it."))
    if changes:
        place.save(update_fields=list(changes))
        written = {name: [_plain(value) for value in pair] for name, pair in changes.items()}
        audit.record(by, "establishment.edited", place, changes=written)
    establishment.refresh_from_db()
    return establishment


def changes_hands(establishment: Establishment) -> bool:
    """Closed by its hand-over alone, until its new operator's first permit is in force."""
    at = establishment.closed_at
    if at is None or establishment.state != State.CLOSED or establishment.closed_by_authority:
        return False
    return bool(establishment.operatorships.filter(until=at).exists())


def awaits_permit(establishment: Establishment) -> bool:
    """Its next permit in force opens it by itself."""
    return establishment.state == State.REGISTERED or changes_hands(establishment)


@transaction.atomic
def open(establishment: Establishment, *, by: User) -> None:
    """The public may see it from now on. WrongState unless it waited for its operator's first permit."""
    if changes_hands(establishment):  # it was public before, and the day that it was first so stays
        move(establishment, OPEN_ANEW, closed_at=None, closing_reason="")
        audit.record(by, "establishment.reopened", establishment, by_authority=True)
        return
    move(establishment, OPEN, opened_at=timezone.now())
    audit.record(by, "establishment.opened", establishment)


@transaction.atomic
def hand_over(establishment: Establishment, *, by: User, operator_name: str, uscc: str, at: datetime) -> None:
    """Another operator from this moment: the one door to these two facts of an open kitchen (registry/handovers).

    What was open closes with it until the new operator's permit is in force; `closed_at` is then the hand-over's `at`.
    """
    held = Establishment.objects.select_for_update().get(pk=establishment.pk)
    before = {"operator_name": held.operator_name, "uscc": held.uscc}
    held.operator_name, held.uscc = operator_name, uscc
    _check(held)
    fields = ["operator_name", "uscc"]
    if held.state == State.OPEN:
        held.state, held.closed_at, held.closing_reason = State.CLOSED, at, ""
        fields += ["state", "closed_at", "closing_reason"]
    held.save(update_fields=fields)
    establishment.refresh_from_db()
    after = {"operator_name": held.operator_name, "uscc": held.uscc}
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit.record(by, "establishment.handed_over", establishment, changes=changes)


@transaction.atomic
def close(establishment: Establishment, *, by: User, reason: str = "") -> None:
    """It serves nobody any more, and its page says since when. An officer gives a reason, which its people are told."""
    reason = reason.strip()
    officer = not _acts_for(by, establishment)
    if officer and not reason:
        raise Refused(_("Please write why it is closed: the owner is told."))
    if len(reason) > 200:
        raise Refused(_("A reason has at most 200 characters."))
    move(establishment, CLOSE, closed_at=timezone.now(), closing_reason=reason, closed_by_authority=officer)
    audit.record(by, "establishment.closed", establishment, reason=reason, by_authority=officer)
    if officer:
        letters.closed(establishment)


@transaction.atomic
def reopen(establishment: Establishment, *, by: User) -> None:
    """Open again with a permit in force; what never opened waits for its first one again.

    Refused without a permit, and to the kitchen's own people where the authority closed it.
    """
    officer = not _acts_for(by, establishment)
    held = Establishment.objects.select_for_update().get(pk=establishment.pk)
    if held.closed_by_authority and not officer:
        raise Refused(_("The authority closed this kitchen. Please ask the authority to let it open again."))
    cleared = {"closed_at": None, "closing_reason": "", "closed_by_authority": False}
    if held.opened_at is None:
        move(establishment, WAIT_AGAIN, **cleared)
    elif not _has_permit(held):
        # Not back to "registered": a page that was public once stays, with all that was ever found there.
        raise Refused(_("A kitchen opens again with a food permit in force. Please hand it in first."))
    else:
        move(establishment, REOPEN, **cleared)
    audit.record(by, "establishment.reopened", establishment, by_authority=officer)
    if officer:
        letters.reopened(establishment, held.closed_at)


def _acts_for(user: User, place: Establishment) -> bool:
    return Membership.objects.filter(user=user, establishment=place, ended_at=None).exists()


def _has_permit(place: Establishment) -> bool:
    papers = place.credentials
    return bool(papers.in_force(timezone.localdate()).filter(kind__in=papers.model.PERMITS).exists())


def _place(place: Establishment, latitude: Degrees = None, longitude: Degrees = None, coordinates: str = "") -> None:
    """Set the map point in WGS-84, rounded to 6 decimals (11 cm). Refused when half of it is missing, or off the globe."""
    given = [value not in (None, "") for value in (latitude, longitude)]
    if not any(given):
        place.latitude, place.longitude, place.coordinates = None, None, ""
        return
    if not all(given) or coordinates not in Establishment.Coordinates.values:
        raise Refused(_("A map point has a latitude, a longitude and a coordinate system."))
    try:
        north, east = float(str(latitude)), float(str(longitude))
    except ValueError:
        raise Refused(_("Latitude and longitude are numbers like 28.136215 and 121.231474.")) from None
    point = systems.to_wgs84(north, east, coordinates) if systems.on_globe(north, east) else (north, east)
    if not systems.on_globe(*point):
        raise Refused(_("Latitude goes from -90 to 90, longitude from -180 to 180. Are they the wrong way round?"))
    place.latitude, place.longitude = (Decimal(f"{degrees:.6f}") for degrees in point)
    place.coordinates = coordinates


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    return str(value) if isinstance(value, Decimal) else value


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
    if set(place.cuisines) - set(Establishment.Cuisine.values):
        raise Refused(_("There is no such cuisine."))
    place.cuisines = list(dict.fromkeys(place.cuisines))
    checked(place)
