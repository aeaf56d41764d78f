"""What the kitchen is told about its papers. Written inside the action's transaction, said once each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import notices
from sunkitchen.core.models import Notice

from ..establishments.models import Establishment
from ..memberships.models import Membership
from .expiry import Term
from .models import Credential


def _day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else gettext("no end date")


# In the words of whoever reads the letter, not of whoever caused it.
day: Callable[[date | None], Any] = lazy(_day, str)


@dataclass(frozen=True)
class Letter:
    """One thing to say to all of a kitchen's people; `event` names it, so that it is said once."""

    place: Establishment
    kind: str
    subject: Any
    body: Any
    event: str
    link: tuple[str, list[Any]]  # the page's name and arguments: its address is in the reader's language


def approved(credential: Credential, *, opens: bool) -> None:
    said = _("{paper} of {kitchen} is in force, through {day}.")
    if credential.valid_through is None:
        said = _("{paper} of {kitchen} is in force, without an end date.")
    body = format_lazy(
        said, paper=_paper(credential), kitchen=credential.establishment.signboard, day=day(credential.valid_through)
    )
    if opens:
        body = format_lazy(
            "{body} {more}", body=body, more=_("Your kitchen's page is public now: add a camera, print table codes.")
        )
    send([_of(credential, "credential.approved", _("Your paper is in force"), body, f"{credential.reviewed_at}")])


def returned(credential: Credential) -> None:
    body = format_lazy(
        _("{paper} of {kitchen} was returned: {reason} This concerns the page only, not the paper's validity."),
        paper=_paper(credential),
        kitchen=credential.establishment.signboard,
        reason=credential.reason,
    )
    send([_of(credential, "credential.returned", _("Please correct your paper"), body, f"{credential.reviewed_at}")])


def accepted(renewal: Credential, old: Credential) -> None:
    body = format_lazy(
        _(
            "The renewal of {paper} of {kitchen} is accepted and being reviewed. The paper through {day} goes on until it is decided."
        ),
        paper=_paper(renewal),
        kitchen=renewal.establishment.signboard,
        day=day(old.valid_through),
    )
    send([_of(renewal, "credential.accepted", _("Your renewal is accepted"), body, f"{renewal.accepted_at}")])


def revoked(credential: Credential) -> None:
    body = format_lazy(
        _("{paper} of {kitchen} is in force no more: {reason} Its page says so. You may object, or go to the court."),
        paper=_paper(credential),
        kitchen=credential.establishment.signboard,
        reason=credential.reason,
    )
    send([_of(credential, "credential.revoked", _("A paper is in force no more"), body, f"{credential.revoked_at}")])


EXPIRING = {
    "soon": _("{paper} of {kitchen} expires on {through}. Please apply for its renewal by {last}."),
    "last_day": _("{paper} of {kitchen} expires on {through}. Today is the last day to apply for its renewal in time."),
    "late": _("{paper} of {kitchen} expires on {through}. Please apply for its renewal at once."),
    "expired": _("{paper} of {kitchen} expired on {through}. Its page says so. Please hand in the new paper."),
}


def expiring(credential: Credential, stage: str, term: Term) -> Letter:
    body = format_lazy(
        EXPIRING[stage],
        paper=_paper(credential),
        kitchen=credential.establishment.signboard,
        through=day(term.through),
        last=day(term.last),
    )
    return _of(credential, f"credential.{stage}", _("A paper expires"), body, f"{term.through:%Y%m%d}")


CERTIFICATES = {
    "soon": _(
        "{kitchen}: the health certificate of {names} ends on {through}. Please plan the new check in good time."
    ),
    "last": _("{kitchen}: the health certificate of {names} ends on {through}. Please go to the new check now."),
    "expired": _(
        "{kitchen}: the health certificate of {names} ended on {through}. "
        "Without a new one nobody may work with food that is eaten as it is."
    ),
}


def certificates_end(place: Establishment, stage: str, through: date, names: Sequence[str]) -> Letter:
    """Of the people of these names, all on the same day."""
    body = format_lazy(CERTIFICATES[stage], kitchen=place.signboard, names=_and(tuple(names)), through=day(through))
    event = f"{place.pk}:{through:%Y%m%d}"
    return Letter(place, f"certificates.{stage}", _("A health certificate ends"), body, event, ("staff", [place.code]))


def _listed(names: tuple[str, ...]) -> str:
    """At most five names, then how many more."""
    shown = gettext(", ").join(names[:5])
    more = len(names) - 5
    return shown if more <= 0 else gettext("%(names)s and %(more)s more") % {"names": shown, "more": more}


_and: Callable[[tuple[str, ...]], Any] = lazy(_listed, str)


def _paper(credential: Credential) -> Any:
    label = Credential.Kind(credential.kind).label
    if credential.staff_member is None:
        return label
    return format_lazy(_("{paper} ({name})"), paper=label, name=credential.staff_member.name)


def _of(credential: Credential, kind: str, subject: Any, body: Any, event: str) -> Letter:
    place = credential.establishment
    return Letter(place, kind, subject, body, f"{credential.pk}:{event}", ("paper", [place.code, credential.pk]))


def send(letters: Sequence[Letter]) -> None:
    """Tell each kitchen's people what they were not told yet. However many letters: a handful of queries to know."""
    readers = _readers({letter.place.pk for letter in letters})
    due = [
        (letter, person, f"{letter.kind}:{letter.event}") for letter in letters for person in readers[letter.place.pk]
    ]
    told = _told(_on_desk(dedupe, person) for _letter, person, dedupe in due)
    for letter, person, dedupe in due:
        if _on_desk(dedupe, person) in told:
            continue
        name, arguments = letter.link
        with translation.override(person.language):
            link = reverse(name, args=arguments)
        notices.tell(person, letter.kind, letter.subject, letter.body, dedupe=dedupe, link=link, about=letter.place)


def _readers(places: set[int]) -> dict[int, list[User]]:
    readers: dict[int, dict[int, User]] = {place: {} for place in places}
    for one in Membership.objects.filter(establishment__in=places, ended_at=None).select_related("user"):
        readers[one.establishment_id][one.user_id] = one.user
    return {place: list(people.values()) for place, people in readers.items()}


def _on_desk(dedupe: str, person: User) -> str:
    """As `notices.tell` spells what was said once."""
    return f"{dedupe}:{person.pk}:{Notice.Channel.DESK}"


def _told(dedupes: Iterable[str], at_once: int = 500) -> set[str]:
    wanted = sorted(set(dedupes))
    told: set[str] = set()
    for start in range(0, len(wanted), at_once):
        part = Notice.objects.filter(dedupe__in=wanted[start : start + at_once])
        told.update(part.values_list("dedupe", flat=True))
    return told
