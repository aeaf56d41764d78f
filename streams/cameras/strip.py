"""The online strip: thirty days as bars, today minute by minute, and the same in words. Pure: rows and times come in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from . import online
from .models import Camera, CameraDay
from .online import Rate

DAYS = 30
GOOD, POOR = 950, 500  # per mille: what rules and contracts ask for; what nobody would call online
HIGH = 30.0  # units of a bar in the drawing
LEAST = 2.0  # units: a failure of a few minutes is seen
TOLD = 3  # failures of today that the sentence names


@dataclass(frozen=True)
class Bar:
    """One day: what is drawn, as (kind, y, height) from the top, and what a reader hears."""

    day: date
    rate: Rate
    left: int
    parts: tuple[tuple[str, float, float], ...]

    @property
    def percent(self) -> str:
        return percent(self.rate.permille)

    @property
    def failed(self) -> str:
        return span(self.rate.failed)

    @property
    def uncounted(self) -> str:
        """What counts for neither side."""
        return span(self.rate.unknown + self.rate.excluded)


@dataclass(frozen=True)
class Strip:
    rate: Rate  # of all the days together
    bars: list[Bar]
    today: list[tuple[int, int, str]]  # first minute, minutes, letter
    today_words: str
    declares: bool  # hours are declared at all

    @property
    def percent(self) -> str:
        return percent(self.rate.permille)

    @property
    def tone(self) -> str:
        permille = self.rate.permille
        return "" if permille is None else "ok" if permille >= GOOD else "warn" if permille >= POOR else "bad"

    @property
    def unknown(self) -> str:
        return span(self.rate.unknown) if self.rate.unknown else ""

    @property
    def excluded(self) -> str:
        return span(self.rate.excluded) if self.rate.excluded else ""


def of(rows: Iterable[CameraDay], cameras: Iterable[Camera], chosen: Camera | None, now: datetime) -> Strip:
    """The strip of these cameras together; today's minutes are those of the chosen one. `rows` may hold other days."""
    today = timezone.localdate(now)
    first = today - timedelta(days=DAYS - 1)
    days: dict[date, Rate] = {}
    runs = ""
    for row in rows:
        if first <= row.day <= today:
            days[row.day] = days.get(row.day, Rate()) + Rate(row.proven, row.failed, row.unknown, row.excluded)
            if chosen and row.camera_id == chosen.pk and row.day == today:
                runs = row.runs
    stretches = [run for run in online.stretches(runs) if run[2] != online.NONE]
    bars = [_bar(first + timedelta(days=ahead), ahead, days) for ahead in range(DAYS)]
    declares = bool(days) or any(any(camera.hours or camera.establishment.hours) for camera in cameras)
    return Strip(sum(days.values(), Rate()), bars, stretches, _today(stretches), declares)


def first_day(now: datetime) -> date:
    """What `of` needs rows from."""
    return timezone.localdate(now) - timedelta(days=DAYS - 1)


def _bar(day: date, ahead: int, days: dict[date, Rate]) -> Bar:
    rate = days.get(day, Rate())
    parts: list[tuple[str, float, float]] = []
    if rate.declared:
        kinds = (("unknown", rate.unknown + rate.excluded), ("failed", rate.failed), ("proven", rate.proven))
        heights = [(kind, max(LEAST, HIGH * minutes / rate.declared)) for kind, minutes in kinds if minutes]
        scale = HIGH / sum(height for _kind, height in heights)
        top = 0.0
        for kind, height in heights:
            parts.append((kind, round(top, 1), round(height * scale, 1)))
            top += height * scale
    return Bar(day, rate, ahead * 4, tuple(parts))


def _today(stretches: list[tuple[int, int, str]]) -> str:
    if not stretches:
        return ""
    proven = sum(minutes for _first, minutes, letter in stretches if letter == online.PROVEN)
    failed = [(first, first + minutes) for first, minutes, letter in stretches if letter == online.FAILED]
    words = _("Today seen for %(span)s") % {"span": span(proven)}
    if not failed:
        return words
    times = _(", ").join(f"{_clock(begin)}–{_clock(end)}" for begin, end in failed[-TOLD:])
    if len(failed) > TOLD:
        return _("%(words)s; %(n)d failures, the last: %(times)s") % {
            "words": words,
            "n": len(failed),
            "times": times,
        }
    return _("%(words)s; no good picture %(times)s") % {"words": words, "times": times}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def percent(permille: int | None) -> str:
    """ "98.6%", a whole hundred without its nought, "–" where nothing is known."""
    if permille is None:
        return "–"
    return "100%" if permille == 1000 else f"{permille / 10:.1f}%"


def span(minutes: int) -> str:
    """Minutes in words, in hours from one hour on."""
    if minutes < 60:
        return _("%(m)d min") % {"m": minutes}
    hours, rest = divmod(minutes, 60)
    if rest == 0 or hours >= 10:
        return _("%(h)d h") % {"h": hours}
    return _("%(h)d h %(m)d min") % {"h": hours, "m": rest}
