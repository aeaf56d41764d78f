"""The relay's own figures, asked of it when somebody scrapes. Cameras by their codes, which are public; no addresses."""

import os
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from streams.relay import metrics as relay
from streams.relay.wire import HubDown

CAMERA = ["camera"]
# name, words, key in the relay's answer
GAUGES = [
    ("part_age_seconds", "Since the camera's last picture arrived.", "age"),
    ("viewers", "Who watches over WebSocket now.", "viewers"),
    ("received_kbit", "Rate of what arrives, kbit/s.", "kbit"),
    ("frames_per_second", "Rate of the pictures that arrive.", "fps"),
    ("epoch", "Number of the present feed.", "epoch"),
    ("restarts", "How often its feed was begun again since it was last off.", "restarts"),
]
COUNTERS = [
    ("parts", "Pictures that arrived.", "parts"),
    ("received_bytes", "Bytes that arrived.", "bytes"),
    ("sent_bytes", "Bytes delivered over WebSocket.", "sent"),
    ("skipped", "Pictures that viewers who fell behind did not get.", "skipped"),
]
CHILD = [
    ("child_cpu_seconds", "CPU time of the present ffmpeg child.", "cpu"),
    ("child_memory_bytes", "Its share of memory (PSS).", "memory"),
]


class RelayFigures:
    """What the relay at `path` measures; `sunkitchen_relay_up` 0, and nothing else, while it is away."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = path

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            said = relay.read(self._path)
            families = [*_own(said), *_cameras(said["channels"])]
        except (HubDown, LookupError, TypeError, ValueError):  # away, or of another version
            yield GaugeMetricFamily("sunkitchen_relay_up", "1 while the relay answers.", value=0)
            return
        yield GaugeMetricFamily("sunkitchen_relay_up", "1 while the relay answers.", value=1)
        yield from families


def _own(said: dict[str, Any]) -> Iterator[Metric]:
    process, conversions = said["process"] or {"cpu": 0, "memory": 0}, said["conversions"]
    yield GaugeMetricFamily("sunkitchen_relay_seconds", "Since it began.", value=said["seconds"])
    yield CounterMetricFamily("sunkitchen_relay_cpu_seconds", "CPU time, without its children.", value=process["cpu"])
    for name, words, value in (
        ("memory_bytes", "Its share of memory (PSS).", process["memory"]),
        ("descriptors", "Open files and sockets.", said["descriptors"]),
        ("children", "Running ffmpeg children.", sum(1 for one in said["channels"].values() if one["child"])),
        ("conversions", "Conversions that run.", conversions["used"]),
        ("conversions_most", "Conversions that may run at once.", conversions["most"]),
        ("writes_waiting", "Writes that the database has not taken yet.", said["writes_waiting"]),
    ):
        yield GaugeMetricFamily(f"sunkitchen_relay_{name}", words, value=value)


def _cameras(channels: dict[str, dict[str, Any]]) -> Iterator[Metric]:
    state = GaugeMetricFamily("sunkitchen_camera_state", "1 for its state and why.", labels=[*CAMERA, "state", "why"])
    for code, said in channels.items():
        state.add_metric([code, said["state"], said["why"]], 1)
    yield state
    for name, words, key in GAUGES:
        gauge = GaugeMetricFamily(f"sunkitchen_camera_{name}", words, labels=CAMERA)
        for code, said in channels.items():
            if said.get(key) is not None:
                gauge.add_metric([code], said[key])
        yield gauge
    for name, words, key in COUNTERS:
        counter = CounterMetricFamily(f"sunkitchen_camera_{name}", words, labels=CAMERA)
        for code, said in channels.items():
            counter.add_metric([code], said[key])
        yield counter
    for name, words, key in CHILD:
        gauge = GaugeMetricFamily(f"sunkitchen_camera_{name}", words, labels=CAMERA)
        for code, said in channels.items():
            if said["child"]:
                gauge.add_metric([code], said["child"][key])
        yield gauge
    yield _delays(channels)


def _delays(channels: dict[str, dict[str, Any]]) -> Metric:
    """The sum is an estimate from the buckets' bounds: viewers report buckets alone."""
    bounds = [*relay.BUCKETS, relay.BUCKETS[-1]]
    names = [*(str(float(bound)) for bound in relay.BUCKETS), "+Inf"]
    words = "From the picture's arrival at the relay to the viewer's screen, as viewers measure it."
    family = HistogramMetricFamily("sunkitchen_camera_delay_seconds", words, labels=CAMERA)
    for code, said in channels.items():
        if any(said["delays"]):
            total = sum(count * bound for count, bound in zip(said["delays"], bounds, strict=True))
            family.add_metric([code], list(zip(names, accumulate(said["delays"]), strict=True)), sum_value=total)
    return family
