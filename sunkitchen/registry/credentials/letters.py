"""What the kitchen is told about its papers. Written inside the action's transaction, said once each."""

from collections.abc import Callable
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

from .expiry import Term
from .models import Credential


def _day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else gettext("no end date")


# In the words of whoever reads the letter, not of whoever caused it.
day: Callable[[date | None], Any] = lazy(_day, str)


def approved(credential: Credential, *, opens: bool) -> None:
    body = format_lazy(
        _("{paper} of {kitchen} is in force, through {day}."),
        paper=Credential.Kind(credential.kind).label,
        kitchen=credential.establishment.signboard,
        day=day(credential.valid_through),
    )
    if opens:
        body = format_lazy(
            "{body} {more}", body=body, more=_("Your kitchen's page is public now: add a camera, print table codes.")
        )
    _tell(credential, "credential.approved", _("Your paper is in force"), body, f"{credential.reviewed_at}")


def returned(credential: Credential) -> None:
    body = format_lazy(
        _("{paper} of {kitchen} was returned: {reason} This concerns the page only, not the paper's validity."),
        paper=Credential.Kind(credential.kind).label,
        kitchen=credential.establishment.signboard,
        reason=credential.reason,
    )
    _tell(credential, "credential.returned", _("Please correct your paper"), body, f"{credential.reviewed_at}")


EXPIRING = {
    "soon": _("{paper} of {kitchen} expires on {through}. Please apply for its renewal by {last}."),
    "last_day": _("{paper} of {kitchen} expires on {through}. Today is the last day to apply for its renewal in time."),
    "late": _("{paper} of {kitchen} expires on {through}. Please apply for its renewal at once."),
    "expired": _("{paper} of {kitchen} expired on {through}. Its page says so. Please hand in the new paper."),
}


def expiring(credential: Credential, stage: str, term: Term) -> None:
    body = format_lazy(
        EXPIRING[stage],
        paper=Credential.Kind(credential.kind).label,
        kitchen=credential.establishment.signboard,
        through=day(term.through),
        last=day(term.last),
    )
    _tell(credential, f"credential.{stage}", _("A paper expires"), body, f"{term.through:%Y%m%d}")


def _tell(credential: Credential, kind: str, subject: Any, body: Any, event: str) -> None:
    place = credential.establishment
    people = User.objects.filter(memberships__establishment=place, memberships__ended_at=None).distinct()
    for person in people:
        with translation.override(person.language):
            link = reverse("paper", args=[place.code, credential.pk])
        notices.tell(person, kind, subject, body, dedupe=f"{kind}:{credential.pk}:{event}", link=link, about=place)
