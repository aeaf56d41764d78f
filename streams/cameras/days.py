"""Days of cameras, counted from rows: written again as often as one likes, always the same."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery, Sum
from django.utils import timezone

from sunkitchen.core.models import AuditEntry
from sunkitchen.registry.establishments.hours import Span as Hours
from sunkitchen.registry.models import Establishment

from . import online
from .models import VOUCHED, Camera, CameraDay, CameraEvent, Probe, RelayRun

AGAIN = timedelta(days=1)  # yesterday is counted again: what was told late belongs to it
BACK = 31  # days, at most, that are made up for when nobody counted
DISTRICT = 6  # digits of a division code
DAY_SECONDS = 86_400.0


def count_due(at: datetime) -> int:
    """Today so far and yesterday, and the days before that nobody counted; rows written. For a sweep."""
    today = timezone.localdate(at)
    last = CameraDay.objects.order_by("-day").values_list("day", flat=True).first()
    first = max(min(last or today, today - AGAIN), today - timedelta(days=BACK))
    dates = [first + timedelta(days=ahead) for ahead in range((today - first).days + 1)]
    return sum(count(day, at) for day in dates if day == today or not _is_settled(day, at))


def _is_settled(day: date, at: datetime) -> bool:
    """A past day that was counted and of which no relay of ours knows anything: so nothing is to be added."""
    return not list(_lives(_midnight(day), at)) and CameraDay.objects.filter(day=day).exists()


def count(day: date, at: datetime) -> int:
    """Write the minutes of every camera's day as known at `at`; how many rows."""
    districts: dict[str, list[Camera]] = defaultdict(list)
    shown = Camera.objects.exclude(establishment__opened_at=None).select_related("establishment")
    for camera in shown.order_by("pk"):
        districts[camera.establishment.division[:DISTRICT]].append(camera)
    lived = list(_lives(_midnight(day), at))
    return sum(_count_district(cameras, day, at, lived) for cameras in districts.values())


@transaction.atomic
def _count_district(cameras: list[Camera], day: date, at: datetime, lived: list[online.Span]) -> int:
    written = {pk: online.letters(facts) for pk, facts in _facts(cameras, day, at, lived)}
    failed = online.outages(list(written.values()))
    rows = []
    for pk, letters in written.items():
        told = online.excused(letters, failed)
        rate = online.rate(told)
        if rate.declared:
            rows.append(
                CameraDay(
                    camera_id=pk,
                    day=day,
                    proven=rate.proven,
                    failed=rate.failed,
                    unknown=rate.unknown,
                    excluded=rate.excluded,
                    runs=online.shorten(told),
                )
            )
    kept = [row.camera_id for row in rows]
    CameraDay.objects.filter(day=day, camera__in=written.keys()).exclude(camera__in=kept).delete()  # hours taken back
    CameraDay.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["camera", "day"],
        update_fields=["proven", "failed", "unknown", "excluded", "runs"],
    )
    return len(rows)


# ── facts, from rows ────────────────────────────────────────────────────────────────────────────────────────
def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def _facts(
    cameras: list[Camera], day: date, at: datetime, lived: list[online.Span]
) -> Iterator[tuple[int, online.Facts]]:
    begin = _midnight(day)
    end = begin + timedelta(days=1)
    ids = [camera.pk for camera in cameras]

    def second(moment: datetime) -> float:
        return (moment - begin).total_seconds()

    before = CameraEvent.objects.filter(camera=OuterRef("camera"), at__lt=begin).order_by("-at", "-pk")
    within = Q(at__gte=begin, at__lt=end)
    events: dict[int, list[tuple[float, str, str]]] = defaultdict(list)
    told = CameraEvent.objects.filter(within | Q(pk=Subquery(before.values("pk")[:1])), camera__in=ids)
    for pk, moment, state, why in told.order_by("at", "pk").values_list("camera", "at", "state", "why"):
        events[pk].append((second(moment), state, why))
    apart = 2 * settings.CAMERA_PROBE_SECONDS
    wide = timedelta(seconds=apart)
    probes: dict[int, list[tuple[float, str]]] = defaultdict(list)
    looked = Probe.objects.filter(camera__in=ids, at__gte=begin - wide, at__lt=end + wide)
    for pk, moment, why in looked.order_by("at", "pk").values_list("camera", "at", "why"):
        probes[pk].append((second(moment), why))
    off = _switched_off(ids, end)
    for camera in cameras:
        spans = [(second(a), second(b)) for a, b in off.get(camera.pk, [])]
        yield (
            camera.pk,
            online.Facts(
                declared=list(_within(camera, declared(camera, day), second)),
                until=min(second(at), DAY_SECONDS),
                lived=lived,
                events=events[camera.pk],
                probes=probes[camera.pk],
                off=spans,
                apart=apart,
            ),
        )


def declared(camera: Camera, day: date) -> list[online.Span]:
    """When the camera is to be seen: by its own hours, else its kitchen's. [] where neither said any."""
    hours: list[Hours] = camera.hours or camera.establishment.hours
    if len(hours) != 7:
        return []
    found = []
    for offset in (-1, 0):  # yesterday's may last past midnight
        if span := hours[(day + timedelta(days=offset)).weekday()]:
            begin, end = (3600 * int(text[:2]) + 60 * int(text[3:]) for text in span)
            found.append((begin + offset * DAY_SECONDS, end + offset * DAY_SECONDS))
    return found


def is_declared(camera: Camera, at: datetime) -> bool:
    """Whether the camera is to be seen at that moment."""
    day = timezone.localdate(at)
    second = (at - _midnight(day)).total_seconds()
    return any(begin <= second < end for begin, end in declared(camera, day))


def _within(camera: Camera, spans, second) -> Iterator[online.Span]:
    """Not before the camera was there and its kitchen open, nor after it closed."""
    place = camera.establishment
    first = max(second(camera.added_at), second(place.opened_at or camera.added_at))
    closed = place.closed_at if place.state == Establishment.State.CLOSED else None
    last = second(closed) if closed else float("inf")
    for begin, end in spans:
        if max(begin, first) < min(end, last):
            yield max(begin, first), min(end, last)


def _lives(begin: datetime, at: datetime) -> Iterator[online.Span]:
    """When a relay of ours lived: to its end, or as long as its last beat vouches."""
    runs = RelayRun.objects.filter(started_at__lt=begin + timedelta(days=1), seen_at__gte=begin - VOUCHED)
    for run in runs:
        end = run.ended_at or min(run.seen_at + VOUCHED, at)
        yield (run.started_at - begin).total_seconds(), (end - begin).total_seconds()


def _switched_off(ids: list[int], end: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """From the trail: a camera that nobody watched leaves no event when its kitchen switches it off."""
    verbs = ("camera.switched_off", "camera.switched_on")
    trail = AuditEntry.objects.filter(
        subject_kind="streams.camera", subject_id__in=[str(pk) for pk in ids], verb__in=verbs, at__lt=end
    )
    since: dict[int, datetime] = {}
    spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for subject, verb, at in trail.order_by("pk").values_list("subject_id", "verb", "at"):
        if verb == verbs[0]:
            since.setdefault(int(subject), at)
        elif int(subject) in since:
            spans[int(subject)].append((since.pop(int(subject)), at))
    for pk, at in since.items():
        spans[pk].append((at, end))
    return spans


# ── sums ────────────────────────────────────────────────────────────────────────────────────────────────────
SUMS = {name: Sum(name, default=0) for name in ("proven", "failed", "unknown", "excluded")}


def rate_of(cameras: Iterable[Camera], first: date, last: date) -> online.Rate:
    """Of these cameras together, both days included. One query."""
    rows = CameraDay.objects.filter(camera__in=cameras, day__range=(first, last))
    return online.Rate(**rows.aggregate(**SUMS))


@dataclass(frozen=True)
class Month:
    first: date
    rate: online.Rate


def months(camera: Camera) -> list[Month]:
    """Each month there is anything of, the newest first. One query."""
    found: dict[date, online.Rate] = {}
    rows = CameraDay.objects.filter(camera=camera).order_by("-day")
    for day, *minutes in rows.values_list("day", "proven", "failed", "unknown", "excluded"):
        first = day.replace(day=1)
        found[first] = found.get(first, online.Rate()) + online.Rate(*minutes)
    return [Month(first, rate) for first, rate in found.items()]
