"""Cameras of the bad kind: small RTSP servers on loopback that answer as a test tells them to."""

import asyncio
import contextlib

import imageio_ffmpeg
import pytest

from streams.relay import rtsp

SDP = b"""v=0\r
o=- 1 1 IN IP4 10.9.9.9\r
s=camera\r
t=0 0\r
a=control:*\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1;profile-level-id=42001f;sprop-parameter-sets=Z0IAH5Y=,aM4G4g==\r
a=control:trackID=1\r
"""
SETUP = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", "Session": "77;timeout=30"}


class FakeCamera:
    """Answers from `answers[method]`: (status, headers, body), or None for silence. Remembers requests."""

    def __init__(self):
        self.requests = []
        self.connections = 0
        self.media = []
        self.answers = {
            "OPTIONS": ("200 OK", {"Public": "DESCRIBE, SETUP, PLAY, GET_PARAMETER"}, b""),
            "DESCRIBE": ("200 OK", {"Content-Type": "application/sdp"}, SDP),
            "SETUP": ("200 OK", SETUP, b""),
            "PLAY": ("200 OK", {"Session": "77"}, b""),
            "GET_PARAMETER": ("200 OK", {"Session": "77"}, b""),
        }
        self.first = None  # bytes said instead of the first answer
        self.writer = None

    async def serve(self, reader, writer):
        self.connections += 1
        self.writer = writer
        with contextlib.suppress(rtsp.BadMessage, OSError):
            while (message := await rtsp.read(reader)) is not None:
                if isinstance(message, rtsp.Media):
                    self.media.append(message.data)
                    continue
                self.requests.append(message)
                if self.first is not None:
                    writer.write(self.first)
                    continue
                answer = self.answers.get(message.method)
                if callable(answer):
                    answer = answer(message)
                if answer:
                    status, headers, body = answer
                    lines = {"CSeq": message.headers["cseq"], **headers}
                    if body:
                        lines["Content-Length"] = str(len(body))
                    writer.write(rtsp.encode(f"RTSP/1.0 {status}", lines, body))
        writer.close()

    def asked(self, method):
        return [message for message in self.requests if message.method == method]


@pytest.fixture
async def fake_camera():
    camera = FakeCamera()
    server = await asyncio.start_server(camera.serve, "127.0.0.1", 0)
    camera.port = server.sockets[0].getsockname()[1]
    camera.address = f"127.0.0.1:{camera.port}"
    yield camera
    server.close()
    if camera.writer:
        camera.writer.close()


@pytest.fixture(scope="session")
def ffmpeg_binary():
    return imageio_ffmpeg.get_ffmpeg_exe()


class Clock:
    """A monotonic clock that a test sets."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()
