"""Words of the kitchen page and of lists. No clock: the time is an argument."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from streams.cameras import labelled
from streams.cameras.label import STALE, TROUBLED
from streams.cameras.models import Camera, Status
from streams.cameras.words import moment, of_old_picture, sentence
from sunkitchen.registry.establishments.hours import Span, is_open, written
from sunkitchen.registry.models import Establishment

NO_CAMERA = gettext_lazy("No camera")
SWITCHED_OFF = gettext_lazy("Camera switched off")
WITHHELD = gettext_lazy("Picture withheld")  # somebody who works there took back their consent


@dataclass(frozen=True)
class Words:
    """What may be said of a camera's picture."""

    tone: str  # a class name: ok; warn where there is no picture for a reason; else nothing
    whole: str  # one sentence
    aside: str  # about the old picture beneath, "" when there is none


def closed(changes_hands: bool) -> str:
    """Of a kitchen that is not open, in two words."""
    return _("Changing hands") if changes_hands else str(Establishment.State.CLOSED.label)


def of_camera(camera: Camera, now: datetime) -> Words:
    status = camera.status(now)
    tone = _tone(status)
    return Words(tone, sentence(status, now), of_old_picture(camera, now) if tone == "warn" else "")


def label(camera: Camera, now: datetime) -> tuple[str, str]:
    """A tone and the label 有/无明厨亮灶 of a `labelled.annotated` camera that anybody may watch; one that never showed a
    picture has none, nor one that was not seen lately or that something is wrong with."""
    status = camera.status(now)
    held = labelled.of(camera, now)
    if held.why == TROUBLED:
        return "warn", _("Picture irregular, kitchen told")
    if status.is_live:
        return "ok", _("Live now")
    is_at_rest = status.state == Camera.State.OFF and status.why in ("", Camera.Why.NOT_WANTED)
    if is_at_rest or status.state == Camera.State.STARTING:
        if held.why == STALE:
            return "", _("Not seen since %(time)s") % {"time": moment(held.since or now, now)}
        return ("", _("Has a camera")) if held.holds else ("warn", _("No picture yet"))
    if status.since is None:
        return "warn", _("No picture")
    return "warn", _("No picture since %(time)s") % {"time": moment(status.since, now)}


def _tone(status: Status) -> str:
    if status.is_live:
        return "ok"
    is_at_rest = status.state == Camera.State.OFF and status.why in ("", Camera.Why.NOT_WANTED)
    return "" if is_at_rest or status.state == Camera.State.STARTING else "warn"


def of_hours(hours: Sequence[Span], now: datetime) -> str:
    """Open or closed at this hour; "" where nobody said its hours."""
    if not any(hours):
        return ""
    return _("Open now") if is_open(hours, timezone.localtime(now)) else _("Closed now")


def week(hours: Sequence[Span]) -> list[tuple[str, str]]:
    """(days, hours) of a week, neighbours with the same hours made one line: ("Monday–Friday", "10:00-21:30")."""
    if not any(hours):
        return []
    lines: list[tuple[int, int, Span]] = []
    for day, span in enumerate(hours):
        if lines and lines[-1][2] == span:
            lines[-1] = lines[-1][0], day, span
        else:
            lines.append((day, day, span))
    if lines == [(0, 6, hours[0])]:
        return [(_("Every day"), written(hours[0]))]
    return [
        (str(WEEKDAYS[first]) + (f"–{WEEKDAYS[last]}" if last > first else ""), written(span) or _("closed"))
        for first, last, span in lines
    ]


def age(day: date, today: date) -> str:
    """How long ago a day was, in days."""
    days = (today - day).days
    if days <= 0:
        return _("today")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def span(start: date, today: date) -> str:
    """A stretch of time in whole years and months, in days below one month."""
    months = (today.year - start.year) * 12 + today.month - start.month - (today.day < start.day)
    if months < 1:
        days = max((today - start).days, 0)
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%(years)d year", "%(years)d years", years) % {"years": years})
    if rest:
        parts.append(ngettext("%(months)d month", "%(months)d months", rest) % {"months": rest})
    return " ".join(parts)
