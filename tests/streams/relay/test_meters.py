import asyncio
import contextlib
import math
import os
import socket
import threading

import pytest

from streams.relay import metrics
from streams.relay.costs import Costs, cost, descriptors
from streams.relay.fmp4 import Part
from streams.relay.hub import HubServer
from streams.relay.hub_client import HubClient
from streams.relay.meters import Meters
from streams.relay.wire import HubDown, control


@pytest.fixture
def meters(clock):
    meters = Meters(clock)
    meters.part("c", 1000)
    return meters


def word(viewers=0, **more):
    return {"viewers": viewers, "bytes": 0, "skipped": 0, "delays": [0] * 12, **more}


def test_what_arrives_is_counted_and_its_rate_taken_between_two_looks(meters, clock):
    for _ in range(49):
        clock.now += 0.04
        meters.part("c", 1000)
    clock.now = 1002.0
    meters.sample()
    said = meters.told("c")
    assert (said["parts"], said["bytes"], said["kbit"], said["fps"]) == (50, 50_000, 200.0, 25.0)
    clock.now = 1007.0
    assert meters.told("c")["age"] == pytest.approx(5, abs=0.1)
    meters.sample()
    assert meters.told("c")["kbit"] == 0


def test_two_looks_at_once_leave_the_rate_as_it_is(meters, clock):
    clock.now += 2
    meters.sample()
    before = meters.told("c")["kbit"]
    clock.now += 0.1
    meters.sample()
    assert meters.told("c")["kbit"] == before > 0


def test_the_live_workers_words_add_up_and_their_viewers_leave_with_them(meters):
    one, two = object(), object()
    meters.tally(one, {"c": word(3, bytes=10, delays=[1] * 12)})
    meters.tally(two, {"c": word(4, bytes=20, skipped=2)})
    meters.tally(one, {"c": word(2, bytes=5, delays=[1] * 12)})
    said = meters.told("c")
    assert (said["viewers"], said["sent"], said["skipped"], said["delays"]) == (6, 35, 2, [2] * 12)
    meters.left(two)
    assert meters.told("c")["viewers"] == 2


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "c",
        {"c": None},
        {"c": []},
        {"c": {"viewers": "9", "bytes": -1, "skipped": True, "delays": 5}},
        {"c": {"viewers": 1e9, "bytes": 1 << 60, "delays": [1, 2]}},
        {"c": {"delays": [None] * 12}},
        {"other": word(9)},
    ],
)
def test_nonsense_counts_nothing(meters, nonsense):
    before = meters.told("c")
    meters.tally(object(), nonsense)
    assert meters.told("c") == before and meters.channels() == {"c"}


def test_a_quantile_is_the_bound_of_the_bucket_it_lies_in():
    assert metrics.quantile([0] * 12, 0.5) is None
    assert metrics.quantile([0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 0, 0], 0.5) == 0.2
    assert metrics.quantile([0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 0, 0], 0.95) == 0.5
    assert metrics.quantile([0] * 11 + [1], 0.5) == math.inf
    assert metrics.bucket(0.1) == 0 and metrics.bucket(0.11) == 1 and metrics.bucket(9) == 11


async def test_whoever_asks_the_hub_is_answered_and_what_a_worker_tallies_is_in_it(tmp_path):
    async def measured():
        return {"channels": {"c": hub.meters.told("c")}}

    hub, client = HubServer(on_metrics=measured), HubClient(tmp_path / "s", retry=0.05)
    await hub.start(tmp_path / "s")
    hub.publish_part("c", Part(True, 0.04, b"x" * 100, 0.0), 0)
    assert client.tally({"c": word(1)}) is False, "nobody watches, nobody is connected"
    await client.watch("c")
    async with asyncio.timeout(30):
        while not client.tally({"c": word(7, bytes=9)}):
            await asyncio.sleep(0.01)
        while (said := await asyncio.to_thread(metrics.read, tmp_path / "s"))["channels"]["c"]["viewers"] != 7:
            await asyncio.sleep(0.01)
    assert said["channels"]["c"]["sent"] == 9 and said["channels"]["c"]["bytes"] == 100
    await client.aclose()
    await hub.close()


def test_without_a_relay_the_question_ends_at_once(tmp_path):
    with pytest.raises(HubDown):
        metrics.read(tmp_path / "nothing")


HEAD = b"\x00\x00\x00\x02J"  # two bytes of JSON follow
BABBLE = [b"", b"GET / HTTP/1.0\r\n\r\n", control(**{"is": "state"}), HEAD + b"{", HEAD + b"[]", HEAD + b"\xff\xff"]


@pytest.mark.parametrize("answer", [*BABBLE, b"\xff\xff\xff\xffJ{}"])
def test_a_silent_or_babbling_relay_is_as_good_as_none(tmp_path, answer):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()

        def talk():
            with contextlib.suppress(OSError):
                line, _ = server.accept()
                with line:
                    line.sendall(answer)
                    while line.recv(1000):
                        pass

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        with pytest.raises(HubDown):
            metrics.read(tmp_path / "s", patience=0.2)


def test_a_load_is_taken_between_two_looks_and_forgotten_with_its_process(clock):
    spent = {1: 10.0}
    costs = Costs(clock, lambda pid: {"cpu": spent[pid], "memory": 9} if pid in spent else None)
    assert costs.of({"c": 1, "gone": 2}) == {"c": {"cpu": 10.0, "memory": 9, "load": None}, "gone": None}
    clock.now += 5
    spent[1] += 1
    assert costs.of({"c": 1})["c"]["load"] == 0.2
    clock.now += 0.1
    assert costs.of({"c": 1})["c"]["load"] == 0.2, "who asks at once is told the same"
    costs.of({})
    assert costs.of({"c": 1})["c"]["load"] is None


def test_this_process_costs_something():
    found = cost(os.getpid())
    assert found and found["cpu"] > 0 and found["memory"] > 1_000_000
    assert cost(2**22 + 1) is None
    assert descriptors() > 2
