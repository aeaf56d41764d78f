"""What Prometheus reads of the relay, and of the doors that are no pages."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.relay.wire import HubDown
from sunkitchen.operate import doors, relay
from sunkitchen.operate import metrics as page

pytestmark = pytest.mark.django_db

ROW = {
    "state": "live",
    "why": "",
    "since": "2026-11-22T04:00:00+00:00",
    "epoch": 3,
    "restarts": 2,
    "lease": "held",
    "lease_epoch": 1,
    "age": 0.04,
    "parts": 100,
    "bytes": 5000,
    "kbit": 1500.0,
    "fps": 25.0,
    "viewers": 7,
    "sent": 9000,
    "skipped": 1,
    "delays": [0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    "child": {"cpu": 1.5, "memory": 9_000_000},
}
SIDE = {**{key: ROW[key] for key in ("state", "why", "since", "age", "parts", "bytes", "kbit", "fps", "viewers")}}
SAID = {
    "is": "metrics",
    "node": "one",
    "seconds": 60.0,
    "process": {"cpu": 2.0, "memory": 40_000_000},
    "descriptors": 20,
    "conversions": {"used": 1, "most": 2},
    "writes_waiting": 0,
    "channels": {"c": ROW, "c~sub": {**SIDE, "sent": 0, "skipped": 0, "delays": [0] * 12, "child": None}},
}


@pytest.fixture
def said(monkeypatch):
    answer = {"said": SAID}

    def read(path):
        if isinstance(answer["said"], Exception):
            raise answer["said"]
        return answer["said"]

    monkeypatch.setattr(relay.relay, "read", read)
    return answer


def figure(text, name, **labels):
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return None


def test_each_camera_has_its_figures(client, said):
    text = client.get("/metrics").content
    assert figure(text, "sunkitchen_relay_up") == 1
    assert figure(text, "sunkitchen_relay_children") == 1
    assert figure(text, "sunkitchen_relay_conversions_most") == 2
    assert figure(text, "sunkitchen_camera_state", camera="c", state="live", why="") == 1
    assert figure(text, "sunkitchen_camera_viewers", camera="c") == 7
    assert figure(text, "sunkitchen_camera_received_bytes_total", camera="c") == 5000
    assert figure(text, "sunkitchen_camera_child_memory_bytes", camera="c") == 9_000_000
    assert figure(text, "sunkitchen_camera_child_memory_bytes", camera="c~sub") is None
    assert figure(text, "sunkitchen_camera_delay_seconds_bucket", camera="c", le="0.1") == 0
    assert figure(text, "sunkitchen_camera_delay_seconds_bucket", camera="c", le="5.0") == 3
    assert figure(text, "sunkitchen_camera_delay_seconds_count", camera="c") == 4


@pytest.mark.parametrize("answer", [HubDown("away"), {"is": "metrics"}, {**SAID, "channels": {"c": {}}}])
def test_without_the_relay_the_page_stands_and_says_so(client, said, answer):
    said["said"] = answer
    response = client.get("/metrics")
    assert response.status_code == 200
    assert figure(response.content, "sunkitchen_relay_up") == 0
    assert figure(response.content, "sunkitchen_alarm", alarm="log_broken") == 0
    assert b"sunkitchen_camera_" not in response.content


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"type": "http.response.start", "status": 206}, "2xx"),
        ({"type": "websocket.accept"}, "1xx"),
        ({"type": "websocket.close", "code": 4403}, "4xx"),
    ],
)
async def test_a_door_is_counted_once_by_its_name(message, status):
    async def app(scope, receive, send):
        await send(message)
        await send({"type": "http.response.body"})

    async def send(message):
        sent.append(message)

    def count():
        return page.requests.labels("test_door", "GET", status)._value.get()

    sent, before = [], count()
    await doors.counted("test_door", app, {"type": "http", "path": "/live/secret-ticket"}, None, send)
    assert count() == before + 1 and len(sent) == 2
