"""Cameras with their label 有明厨亮灶, asked of the database together with them."""

from datetime import datetime, timedelta

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from streams.incidents.models import Incident

from . import days
from .label import NEVER, OFF, STALE, TROUBLED, WITHHELD, Facts, Label, label
from .models import Camera, Probe
from .words import moment


def annotated(cameras: QuerySet[Camera]) -> QuerySet[Camera]:
    """What `of` needs beside the camera itself: no query more."""
    passed = Probe.objects.filter(camera=OuterRef("pk"), why="").order_by("-at")
    trouble = Incident.objects.open().filter(camera=OuterRef("pk")).order_by().values("camera")
    return cameras.annotate(
        passed_at=Subquery(passed.values("at")[:1]),
        troubled_since=Subquery(trouble.annotate(first=Min("opened_at")).values("first")),
    )


def of(camera: Camera, at: datetime, *, public: bool = True) -> Label:
    """Of an `annotated` camera, with its establishment at hand."""
    status = camera.status(at)
    facts = Facts(
        enabled=camera.enabled,
        public=public,
        proofs=(camera.last_live_at, camera.passed_at),  # type: ignore[attr-defined]  # annotated
        live=status.is_live and not status.why,
        troubled_since=camera.troubled_since,  # type: ignore[attr-defined]  # annotated
        hours_ended=_ended(camera, at),
    )
    return label(facts, at)


def _ended(camera: Camera, at: datetime) -> datetime | None:
    """When the last declared hours ended; None while they run, and where none are declared of late."""
    if days.is_declared(camera, at):
        return None
    ends = []
    for ago in range(8):
        day = timezone.localdate(at) - timedelta(days=ago)
        midnight = timezone.make_aware(datetime(day.year, day.month, day.day))
        ends += [midnight + timedelta(seconds=end) for _begin, end in days.declared(camera, day)]
        if past := [end for end in ends if end <= at]:
            return max(past)
    return None


def sentence(found: Label, now: datetime) -> str:
    """For a diner: what is known, never a finding."""
    if found.holds:
        return _("Open kitchen: the picture was proven at %(time)s") % {"time": moment(found.since or now, now)}
    if found.why == TROUBLED and found.since:
        return _("Something is wrong with the picture since %(time)s; the kitchen has been told.") % {
            "time": moment(found.since, now)
        }
    if found.why == STALE and found.since:
        return _("No open kitchen label: nobody has seen a true picture since %(time)s.") % {
            "time": moment(found.since, now)
        }
    reasons = {
        OFF: _("No open kitchen label: the camera is switched off."),
        WITHHELD: _("No open kitchen label: the picture is withheld."),
        NEVER: _("No open kitchen label: its picture was never seen."),
    }
    return reasons.get(found.why, reasons[NEVER])
