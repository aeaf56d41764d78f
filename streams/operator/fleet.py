"""Every camera as its operator sees it: what its row says, and what this node's relay measures of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from streams.cameras.models import Camera, Status
from streams.relay.lease import HELD
from streams.relay.metrics import BUCKETS, quantile

STALE_SECONDS = 2.0  # a live picture older than this is worth a look
State = Camera.State

# What to look at first.
DOWN, ODD, STARTING, LIVE, OFF = range(5)


@dataclass(frozen=True)
class Line:
    """One camera. Figures are None where this node's relay measures nothing."""

    camera: Camera
    state: str
    why: str
    since: datetime | None
    node: str
    lease_epoch: int | None
    epoch: int
    age: float | None = None
    restarts: int = 0
    viewers: int = 0
    megabits: float | None = None
    fps: float | None = None
    p50: float | None = None
    p95: float | None = None
    load: float | None = None  # percent of a core
    memory: float | None = None  # MB

    @property
    def trouble(self) -> int:
        if self.state in (State.STALLED, State.BACKOFF):
            return DOWN
        if self.state == State.LIVE:
            return ODD if self.why or (self.age is not None and self.age > STALE_SECONDS) else LIVE
        return STARTING if self.state == State.STARTING else OFF

    @property
    def mark(self) -> str:
        """The class of its state in the table."""
        return ("bad", "warn", "warn", "ok", "muted")[self.trouble]

    @property
    def state_label(self) -> Any:
        return State(self.state).label

    @property
    def why_label(self) -> Any:
        return Camera.Why(self.why).label if self.why in Camera.Why.values and self.why != "not_wanted" else ""

    @property
    def delays(self) -> str:
        """Half of the pictures, and all but one in twenty, were this fast: milliseconds."""
        return "" if self.p50 is None or self.p95 is None else f"{_milliseconds(self.p50)} / {_milliseconds(self.p95)}"

    @property
    def is_stale(self) -> bool:
        return self.state == State.LIVE and self.age is not None and self.age > STALE_SECONDS


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}" if seconds != float("inf") else f"> {BUCKETS[-1] * 1000:.0f}"


def line(camera: Camera, said: Mapping[str, Any] | None, now: datetime) -> Line:
    """`said`: what the relay here measures of it. The state is the relay's while it holds the lease, else the row's."""
    lease = getattr(camera, "lease", None)
    held = lease if lease and lease.node and lease.expires_at >= now else None
    status = camera.status(now)
    if said and said.get("lease") == HELD and said["state"] in State.values:
        status = Status(said["state"], parse_datetime(said["since"]), said["why"])
    common: dict[str, Any] = {
        "camera": camera,
        "state": status.state,
        "why": status.why,
        "since": status.since,
        "node": held.node if held else "",
        "lease_epoch": held.epoch if held else None,
        "epoch": camera.epoch,
    }
    if not said:
        return Line(**common)
    child = said.get("child") or {}
    runs = bool(child)
    return Line(
        **common,
        age=said["age"] if runs else None,
        restarts=said.get("restarts", 0),
        viewers=said["viewers"],
        megabits=said["kbit"] / 1000 if runs else None,
        fps=said["fps"] if runs else None,
        p50=quantile(said["delays"], 0.5),
        p95=quantile(said["delays"], 0.95),
        load=child["load"] * 100 if child.get("load") is not None else None,
        memory=child["memory"] / 1e6 if child else None,
    )


def _least_first(value: float | None) -> float:
    return float("-inf") if value is None else -value


SORTS: dict[str, Callable[[Line], Any]] = {
    "trouble": lambda it: (it.trouble, -it.restarts, it.camera.establishment.signboard, it.camera.code),
    "kitchen": lambda it: (it.camera.establishment.signboard, it.camera.code),
    "restarts": lambda it: (-it.restarts, it.trouble),
    "viewers": lambda it: (-it.viewers, it.trouble),
    "traffic": lambda it: _least_first(it.megabits),
    "delay": lambda it: _least_first(it.p95),
    "cpu": lambda it: _least_first(it.load),
    "memory": lambda it: _least_first(it.memory),
}


def found(lines: Iterable[Line], words: str, sort: str) -> list[Line]:
    """Those that every word of `words` is said of, trouble first unless another order is asked for."""
    wanted = words.lower().split()
    shown = [it for it in lines if all(word in _text(it) for word in wanted)]
    return sorted(shown, key=SORTS.get(sort, SORTS["trouble"]))


def _text(it: Line) -> str:
    place = it.camera.establishment
    said = (place.signboard, place.code, it.camera.code, it.camera.get_zone_display(), it.state, it.state_label)
    return " ".join(map(str, (*said, it.why, it.why_label, it.node))).lower()


def sums(lines: Iterable[Line]) -> dict[str, Any]:
    """How many are how, and what they take together."""
    lines = list(lines)
    count = Counter(it.trouble for it in lines)
    return {
        "down": count[DOWN],
        "odd": count[ODD],
        "starting": count[STARTING],
        "live": count[LIVE] + count[ODD],
        "off": count[OFF],
        "viewers": sum(it.viewers for it in lines),
        "megabits": sum(it.megabits or 0 for it in lines),
        "load": sum(it.load or 0 for it in lines),
        "memory": sum(it.memory or 0 for it in lines),
    }
