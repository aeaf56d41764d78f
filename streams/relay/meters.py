"""Counts per channel, as they come by: what arrived from the camera, what the live workers say they delivered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .metrics import BUCKETS

MOST = 1 << 53  # a count beyond it is no count
FEWEST_SECONDS = 1.0  # rates are taken over at least this long


@dataclass(slots=True, eq=False)
class Meter:
    """Of one channel, since the relay began."""

    parts: int = 0
    bytes: int = 0
    part_at: float | None = None
    sent: int = 0
    skipped: int = 0
    delays: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    viewers: dict[object, int] = field(default_factory=dict)  # by live worker
    sampled: tuple[float, int, int] = (0.0, 0, 0)  # when, bytes, parts
    rates: tuple[float, float] = (0.0, 0.0)  # kbit/s, parts a second


class Meters:
    """`clock` in seconds. `part` runs for every frame of every camera: it only adds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._meters: dict[str, Meter] = {}

    def part(self, channel: str, size: int) -> None:
        meter = self._meters.get(channel)
        if meter is None:
            meter = self._meters[channel] = Meter(sampled=(self._clock(), 0, 0))
        meter.parts += 1
        meter.bytes += size
        meter.part_at = self._clock()

    def tally(self, source: object, channels: object) -> None:
        """What the live worker `source` delivered since its last word; of nonsense the sound part."""
        for channel, said in channels.items() if isinstance(channels, dict) else ():
            meter = self._meters.get(channel)  # of a channel that never had a picture there is nothing to count
            if meter is None or not isinstance(said, dict):
                continue
            viewers = _count(said.get("viewers"))
            meter.viewers.pop(source, None)
            if viewers:
                meter.viewers[source] = viewers
            meter.sent += _count(said.get("bytes"))
            meter.skipped += _count(said.get("skipped"))
            delays = said.get("delays")
            if isinstance(delays, list) and len(delays) == len(meter.delays):
                meter.delays = [had + _count(more) for had, more in zip(meter.delays, delays, strict=True)]

    def left(self, source: object) -> None:
        """That live worker is gone, and its viewers with it."""
        for meter in self._meters.values():
            meter.viewers.pop(source, None)

    def sample(self) -> None:
        """Take the rates since the last time."""
        now = self._clock()
        for meter in self._meters.values():
            since, size, parts = meter.sampled
            if (took := now - since) >= FEWEST_SECONDS:
                meter.rates = ((meter.bytes - size) * 8 / 1000 / took, (meter.parts - parts) / took)
                meter.sampled = (now, meter.bytes, meter.parts)

    def told(self, channel: str) -> dict[str, Any]:
        """`age`: seconds since the last part, None without any."""
        meter = self._meters.get(channel) or Meter()
        return {
            "age": None if meter.part_at is None else round(self._clock() - meter.part_at, 2),
            "parts": meter.parts,
            "bytes": meter.bytes,
            "kbit": round(meter.rates[0], 1),
            "fps": round(meter.rates[1], 1),
            "viewers": sum(meter.viewers.values()),
            "sent": meter.sent,
            "skipped": meter.skipped,
            "delays": meter.delays,
        }

    def channels(self) -> set[str]:
        return set(self._meters)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST:
        return 0
    return value
