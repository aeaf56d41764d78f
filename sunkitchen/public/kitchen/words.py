"""Words for what is (not) seen: since when, why, and how old the last picture is. No clock: the time is an argument."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from streams.models import Camera

NO_CAMERA = gettext_lazy("No camera")


@dataclass(frozen=True)
class Words:
    tone: str  # a class name: ok, warn, or nothing
    short: str  # for a chip
    whole: str  # one sentence
    aside: str = ""  # about the old picture beneath


def moment(at: datetime, now: datetime) -> str:
    """`at` in local time: the hour alone on the same day, the date with it on any other."""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"


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


def of_picture(taken: datetime | None, now: datetime) -> str:
    """A still picture's own time: it never passes for a live one."""
    return _("Picture of %(time)s") % {"time": moment(taken, now)} if taken else ""


def of_camera(camera: Camera, now: datetime) -> Words:
    """What may be said of this camera's picture at `now`."""
    status = camera.status(now)
    aside = ""
    if camera.poster_at:
        aside = _("This is the picture of %(time)s. It is not live.") % {"time": moment(camera.poster_at, now)}
    if status.is_live:
        return Words("ok", _("Live"), _("Live"))
    if status.state == Camera.State.STARTING:
        return Words("", _("Starting"), _("The picture is starting."), aside)
    if status.why == Camera.Why.DISABLED:
        return Words("warn", _("Switched off"), _("The kitchen switched the camera off."), aside)
    if status.state == Camera.State.OFF and status.why in ("", Camera.Why.NOT_WANTED):
        return Words("", _("Starts when opened"), _("The picture starts when somebody watches."), aside)
    why = Camera.Why(status.why).label if status.why else _("unknown")
    if status.since is None:
        return Words("warn", _("No picture"), _("No picture. Reason: %(why)s.") % {"why": why}, aside)
    since = moment(status.since, now)
    return Words(
        "warn",
        _("No picture since %(time)s") % {"time": since},
        _("No picture since %(time)s. Reason: %(why)s.") % {"time": since, "why": why},
        aside,
    )
