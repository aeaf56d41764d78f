"""What is said of a camera's picture, in the reader's language. Time is an argument."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, ngettext, override
from django.utils.translation import gettext as _

from sunkitchen.core import audit
from sunkitchen.registry.establishments import hours
from sunkitchen.registry.establishments.week import WEEKDAYS
from sunkitchen.registry.models import Establishment

from . import masks
from .models import Camera, Status
from .sign import Sign

FROZEN = gettext_noop(
    "Nothing in the picture has moved since %(time)s. It may be frozen, so it does not count as live."
)


def moment(at: datetime, now: datetime) -> str:
    """`at` in local time: the hour alone on the same day, with its date on any other."""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"


def sentence(status: Status, now: datetime) -> str:
    """One sentence: live, or since when not and why."""
    if status.is_live:
        return _("Live")
    if status.state == Camera.State.STARTING:
        return _("The picture is starting.")
    if status.why == Camera.Why.DISABLED:
        return _("The kitchen switched the camera off.")
    if status.state == Camera.State.OFF and status.why in ("", Camera.Why.NOT_WANTED):
        return _("The picture starts when somebody watches.")
    if status.why == Camera.Why.SCHEDULE:
        if not status.shown:
            return _("Not shown today.")
        return _("Not shown now: it is shown %(hours)s.") % {"hours": status.shown.replace("-", "–")}
    why = Camera.Why(status.why).label if status.why else _("unknown")
    if status.why == Camera.Why.STILL and status.since:
        return _(FROZEN) % {"time": moment(status.since, now)}
    if status.since is None:
        return _("No picture. Reason: %(why)s.") % {"why": why}
    return _("No picture since %(time)s. Reason: %(why)s.") % {"time": moment(status.since, now), "why": why}


def of_old_picture(camera: Camera, now: datetime) -> str:
    """About the last picture, where it is shown in place of the live one; "" when there is none."""
    if camera.poster_at is None:
        return ""
    return _("The picture below was taken at %(time)s. It is not live.") % {"time": moment(camera.poster_at, now)}


def of_picture(taken: datetime | None, now: datetime) -> str:
    """A still picture's own time; "" when there is none."""
    return _("Picture of %(time)s") % {"time": moment(taken, now)} if taken else ""


def of_week(week: list[Any]) -> str:
    """The hours of a week in as few words as they take; "" for around the clock."""
    if not week:
        return ""
    if all(day == week[0] for day in week):
        return _("Every day %(hours)s") % {"hours": hours.written(week[0]).replace("-", "–")}
    days = [f"{name} {hours.written(day).replace('-', '–')}" for name, day in zip(WEEKDAYS, week, strict=True) if day]
    return " · ".join(days)


def of_masks(camera: Camera) -> str:
    """ "2 masks hide 14 % of the picture." "" without any."""
    if not camera.masks:
        return ""
    return ngettext(
        "%(count)s mask hides %(percent)s %% of the picture.",
        "%(count)s masks hide %(percent)s %% of the picture.",
        len(camera.masks),
    ) % {"count": len(camera.masks), "percent": masks.hidden(camera.masks)}


def for_player() -> dict[str, Any]:
    """Every text that static/js/player.js shows, with %(name)s left for it to fill; its time zone; where hls.js lies."""
    return {
        "lang": "zh-CN" if (get_language() or "").startswith("zh") else "en",
        "zone": settings.TIME_ZONE,
        "hls": static("vendor/hls/hls.light.min.mjs"),
        "live": _("Live"),
        "liveDelay": _("Live · delay %(seconds)s s"),
        "starting": _("The picture is starting."),
        "reconnecting": _("Connection lost, trying again."),
        "idle": _("The picture starts when somebody watches."),
        "disabled": _("The kitchen switched the camera off."),
        "schedule": _("Not shown now: it is outside the hours in which this camera is shown."),
        "gone": _("This picture is not shown to the public any more."),
        "frozen": _(FROZEN),
        "since": _("No picture since %(time)s. Reason: %(why)s."),
        "noSince": _("No picture. Reason: %(why)s."),
        "unknown": _("unknown"),
        "notLive": _("Not live"),
        "paused": _("Paused"),
        "pausedData": _("Paused to save your data"),
        "perMinute": _("≈ %(megabytes)s MB a minute"),
        "still": _("Still pictures, not live video"),
        "taken": _("Picture of %(time)s"),
        "tap": _("Play the live picture"),
        # Live, and yet not as it should be: a diner's words; the kitchen reads more.
        "doubts": dict.fromkeys(
            [Camera.Why.COVERED.value, Camera.Why.MOVED.value],
            _("Something is wrong with this picture. The kitchen has been told."),
        ),
        "why": {why.value: str(why.label) for why in Camera.Why},
    }


def history(camera: Camera, limit: int = 20) -> list[dict[str, Any]]:
    """What people did to the camera, the newest first: words, actor, at, detail."""
    verbs = {
        "camera.added": _("Added"),
        "camera.changed": _("Settings changed"),
        "camera.push_key_rotated": _("New key for the box"),
        "camera.phone_invited": _("Code for a phone that films"),
        "camera.hours_set": _("Hours changed"),
        "camera.masked": _("Masks changed"),
        "camera.unvouched": _("Hidden again: somebody else withdrew consent"),
        "camera.picture_confirmed": _("Picture confirmed"),
        "camera.switched_off": _("Switched off"),
        "camera.switched_on": _("Switched on"),
        "camera.viewers_revoked": _("All viewings ended"),
    }
    return [
        {"words": verbs.get(e.verb, e.verb), "verb": e.verb, "actor": e.actor_name, "at": e.at, "detail": e.detail}
        for e in audit.trail(camera).reverse()[:limit]
    ]


def for_sign(place: Establishment) -> Sign:
    """What the sign at the kitchen's door says: the zones of the cameras that are switched on, each once."""
    zones = [
        Camera.Zone(zone) for zone in place.cameras.filter(enabled=True).order_by("pk").values_list("zone", flat=True)
    ]
    spoken = {zone: tuple(_in(language, zone) for language in ("zh-hans", "en")) for zone in zones}
    with override("zh-hans"):
        path = reverse("kitchen", args=[place.code])
    return Sign(
        kitchen=place.signboard,
        operator=place.operator_name,
        address=f"{settings.SITE_URL}{path}",
        shown=f"{settings.SITE_HOST}{path}",
        zones=[(zh, en) for zh, en in spoken.values()],
        contact=place.phone,
        is_demo=place.is_demo,
    )


def _in(language: str, zone: Camera.Zone) -> str:
    with override(language):
        return str(zone.label)
