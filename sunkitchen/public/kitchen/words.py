"""Words of the kitchen page and of lists. No clock: the time is an argument."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from streams.cameras.models import Camera, Status
from streams.cameras.words import moment, of_old_picture, sentence

NO_CAMERA = gettext_lazy("No camera")


@dataclass(frozen=True)
class Words:
    """What may be said of a camera's picture."""

    tone: str  # a class name: ok; warn where there is no picture for a reason; else nothing
    short: str  # for a chip
    whole: str  # one sentence
    aside: str  # about the old picture beneath, "" when there is none


def of_camera(camera: Camera, now: datetime) -> Words:
    tone, short = _short(camera.status(now), now)
    return Words(tone, short, sentence(camera.status(now), now), of_old_picture(camera, now) if tone == "warn" else "")


def _short(status: Status, now: datetime) -> tuple[str, str]:
    if status.is_live:
        return "ok", _("Live")
    if status.state == Camera.State.STARTING:
        return "", _("Starting")
    if status.why == Camera.Why.DISABLED:
        return "warn", _("Switched off")
    if status.state == Camera.State.OFF and status.why in ("", Camera.Why.NOT_WANTED):
        return "", _("Starts when opened")
    if status.since is None:
        return "warn", _("No picture")
    return "warn", _("No picture since %(time)s") % {"time": moment(status.since, now)}


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
