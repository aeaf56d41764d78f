"""What the relay reads and writes of evidence: each clip's row once, by whoever recorded it first."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone

from streams.relay.recorder import Failed, Job, Outcome

from .models import Clip


def wanted(codes: Iterable[str], at: datetime) -> list[Job]:
    """What is to be recorded of these cameras. A camera that nobody may be shown is recorded no further."""
    clips = Clip.objects.filter(state=Clip.State.WANTED, camera__code__in=list(codes))
    day = timezone.localdate(at)
    return [
        Job(
            clip=clip.code,
            camera=clip.camera.code,
            begins_ms=round(clip.begins_at.timestamp() * 1000),
            ends_ms=round(clip.ends_at.timestamp() * 1000),
            over=not clip.camera.enabled or clip.camera.is_withheld(day),
        )
        for clip in clips.select_related("camera").order_by("pk")
    ]


def settle(outcome: Outcome, at: datetime) -> bool:
    """Write what became of it. False, and no file left, when the row waits no longer."""
    row = Clip.objects.filter(code=outcome.clip, state=Clip.State.WANTED)
    if isinstance(outcome, Failed):
        return bool(row.update(state=Clip.State.FAILED, failure=outcome.why))
    if row.update(
        state=Clip.State.KEPT,
        key=outcome.key,
        sha256=outcome.sha256,
        size=outcome.size,
        seconds=outcome.seconds,
        first_at=datetime.fromtimestamp(outcome.first_ms / 1000, UTC),
        kept_at=at,
    ):
        return True
    if not Clip.objects.filter(key=outcome.key).exists():  # else this very answer was written, and is told again
        (settings.CLIPS_ROOT / f"{outcome.key}.mp4").unlink(missing_ok=True)
    return False
