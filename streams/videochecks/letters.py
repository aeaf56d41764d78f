"""What is said of a video check. Written inside the action's transaction, said once each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import notices
from sunkitchen.registry.models import Credential

from .models import VideoCheck

# In the words of whoever reads the letter.
_moment: Any = lazy(lambda at: date_format(localtime(at), "m-d H:i"), str)


def subject_of(check: VideoCheck) -> Any:
    """What is looked at: a paper's kind, or the premises."""
    if check.credential is None:
        return VideoCheck.About(check.about).label
    label = Credential.Kind(check.credential.kind).label
    if check.about == VideoCheck.About.ORIGINAL:
        return format_lazy(_("the original: {paper}"), paper=label)
    return format_lazy(_("the premises, for {paper}"), paper=label)


def asked(check: VideoCheck) -> None:
    body = format_lazy(
        _("{kitchen}: the authority asks to see {what}, by phone, until {until}. No trip is needed. {please}"),
        kitchen=check.establishment.signboard,
        what=subject_of(check),
        until=_moment(check.expires_at),
        please=check.please,
    )
    _tell_kitchen(check, "asked", _("Please show it by video"), body)


def begins(check: VideoCheck, at: datetime, *, is_first: bool) -> None:
    """To the clerk who asked: once as it begins, then once an hour at most."""
    body = format_lazy(
        _("{kitchen} begins to film: {what}. Open the check to look."),
        kitchen=check.establishment.signboard,
        what=subject_of(check),
    )
    event = "begun" if is_first else f"again:{at:%Y%m%d%H}"
    _tell_clerk(check, "begins", _("A kitchen shows what you asked for"), body, event)


SAID = {
    VideoCheck.Outcome.AGREES: _("{kitchen}: {what} was seen, and it agrees."),
    VideoCheck.Outcome.DIFFERS: _("{kitchen}: {what} was seen, and it differs: {note}"),
    VideoCheck.Outcome.UNCLEAR: _("{kitchen}: {what} could not be seen: {note}"),
}


def decided(check: VideoCheck) -> None:
    body = format_lazy(
        SAID[VideoCheck.Outcome(check.outcome)],
        kitchen=check.establishment.signboard,
        what=subject_of(check),
        note=check.note,
    )
    _tell_kitchen(check, "decided", _("What was seen by video"), body)


def called_off(check: VideoCheck) -> None:
    body = format_lazy(
        _("{kitchen}: nothing has to be shown any more. {note}"), kitchen=check.establishment.signboard, note=check.note
    )
    _tell_kitchen(check, "called_off", _("A video check was called off"), body)


def expired(check: VideoCheck) -> None:
    body = format_lazy(
        _("{kitchen}: the time to show {what} is over. The authority may ask again."),
        kitchen=check.establishment.signboard,
        what=subject_of(check),
    )
    _tell_kitchen(check, "expired", _("The time for a video check is over"), body)
    _tell_clerk(check, "not_shown", _("The time for a video check is over"), body, "expired")


def _tell_kitchen(check: VideoCheck, kind: str, subject: Any, body: Any) -> None:
    held = check.establishment.memberships.filter(ended_at=None)
    people = User.objects.filter(memberships__in=held).distinct()
    _tell(check, people, kind, subject, body, kind, "video_check", [check.establishment.code, check.pk])


def _tell_clerk(check: VideoCheck, kind: str, subject: Any, body: Any, event: str) -> None:
    _tell(check, [check.asked_by], kind, subject, body, event, "office_video", [check.pk])


def _tell(
    check: VideoCheck,
    people: Iterable[User],
    kind: str,
    subject: Any,
    body: Any,
    event: str,
    page: str,
    arguments: list[Any],
) -> None:
    for person in people:
        with translation.override(person.language):
            link = reverse(page, args=arguments)
        notices.tell(
            person,
            f"videocheck.{kind}",
            subject,
            body,
            dedupe=f"videocheck:{check.pk}:{event}",
            link=link,
            about=check,
        )
