"""When something is wrong with a camera, since when, and when it is over. Pure; a machine's hint, never a finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

INTERRUPTED, STILL, DARK, COVERED, MOVED = KINDS = ("interrupted", "still", "dark", "covered", "moved")
LIVE, OFF, DOWN = "live", "off", ("stalled", "backoff")
OURS = ("relay", "budget", "elsewhere")  # Camera.Why for which no kitchen answers
NOT_NOW = ("schedule", "disabled", "not_wanted")

# How long it lasts before people are told: ours. What the relay itself waits for is past by then.
LASTS = {
    INTERRUPTED: timedelta(minutes=5),
    STILL: timedelta(0),
    DARK: timedelta(minutes=10),
    COVERED: timedelta(seconds=60),
    MOVED: timedelta(seconds=60),
}
ONLY_IN_HOURS = (INTERRUPTED, DARK)  # a kitchen may be dark, and its camera unplugged, while it is closed


@dataclass(frozen=True)
class Probed:
    at: datetime
    why: str  # "" passed


@dataclass(frozen=True)
class Known:
    """Of one camera: its state, as far as somebody vouches for it, and its newest probes, the newest first."""

    state: str
    why: str
    since: datetime | None  # live, or not any more, since then
    began: datetime | None  # exactly this state, for exactly this reason
    vouched: bool = True
    in_hours: bool = True
    probes: tuple[Probed, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """`begun`: kind → since when, and the Camera.Why. `over`: kinds that somebody has seen to be so no longer."""

    begun: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    over: frozenset[str] = frozenset()


def judge(known: Known, at: datetime) -> Judgement:
    """What is to be told of now, and what is over. Where nobody looks, nothing begins and nothing ends."""
    if known.state == OFF:
        return _by_probes(known, at)
    if not known.vouched or (known.state in DOWN and known.why in (*OURS, *NOT_NOW)):
        return Judgement()
    if known.state == LIVE:
        kind = known.why if known.why in KINDS else ""
        return _judgement(kind, known.began, known.why, known, at)
    if known.state in DOWN:
        kind = known.why if known.why in (STILL, DARK) else INTERRUPTED
        return _judgement(kind, known.since, known.why, known, at)
    return Judgement()


def _judgement(kind: str, since: datetime | None, why: str, known: Known, at: datetime) -> Judgement:
    if not kind:
        return Judgement(over=frozenset(KINDS))
    # A camera that gives no picture says nothing of what it would see.
    over = frozenset() if kind == INTERRUPTED else frozenset({INTERRUPTED, STILL} - {kind})
    if known.state == LIVE:
        over = frozenset(KINDS) - {kind}
    since = since or at
    if at - since < LASTS[kind] or (kind in ONLY_IN_HOURS and not known.in_hours):
        return Judgement(over=over)
    return Judgement({kind: (since, why)}, over)


def _by_probes(known: Known, at: datetime) -> Judgement:
    """A probe looks until it is sure of what it sees; that a camera does not answer, two in a row must find."""
    if not known.probes:
        return Judgement()
    newest = known.probes[0]
    if not newest.why:
        return Judgement(over=frozenset(KINDS))
    if newest.why in OURS:
        return Judgement()
    if newest.why in KINDS:
        return Judgement({newest.why: (newest.at, newest.why)}, frozenset(KINDS) - {newest.why})
    failed = [probe for probe in known.probes if probe.why and probe.why not in (*KINDS, *OURS)]
    if len(failed) == len(known.probes) >= 2 and newest.at - failed[1].at >= LASTS[INTERRUPTED]:
        return Judgement({INTERRUPTED: (failed[1].at, newest.why)})
    return Judgement()
