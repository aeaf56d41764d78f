"""Real frames: a test picture encoded once by the ffmpeg that the relay uses."""

import asyncio
import contextlib
import socket
import struct
import subprocess
import time

import imageio_ffmpeg
import pytest
import uvicorn
from django.utils import timezone

from streams.relay.fmp4 import Splitter
from streams.relay.hub import HubServer

FMP4 = "-f mp4 -movflags +empty_moov+delay_moov+default_base_moof+frag_every_frame -flush_packets 1 pipe:1"


def encode(seconds=6, *, source="testsrc2", size="320x180", rate=10, gop=10, codec="libx264", out=FMP4, extra=""):
    """Bytes of a drawn film; a keyframe every `gop` frames."""
    command = (
        f"{imageio_ffmpeg.get_ffmpeg_exe()} -nostdin -loglevel error -f lavfi -i {source}=size={size}:rate={rate} "
        f"-t {seconds} -c:v {codec} -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g {gop} -threads 1 "
        f"{extra} {out}"
    )
    return subprocess.run(command.split(), capture_output=True, check=True, timeout=60).stdout


@pytest.fixture(scope="session")
def film():
    """Six seconds of fMP4, ten frames a second, a keyframe each second."""
    return encode()


@pytest.fixture(scope="session")
def pieces(film):
    """The same as [Init, Part, Part, …]."""
    return Splitter().feed(film)


class Relay:
    """The relay's side of the socket, fed by hand with real frames."""

    def __init__(self, server, live):
        self.server, self.live, self.wanted, self.hls, self.pushed = server, live, [], [], {}

    def begin(self, code, pieces, epoch=1, state="live"):
        self.server.publish_init(code, epoch, pieces[0])
        self.server.publish_state(code, state, timezone.now())

    def play(self, code, pieces, start=0, count=None):
        for part in pieces[1:][start : None if count is None else start + count]:
            self.server.publish_part(code, part, round(time.time() * 1000))

    async def on_push(self, code):
        chunks = self.pushed.setdefault(code, [])

        async def sink(data):
            chunks.append(data)

        return sink


@pytest.fixture
async def relay(tmp_path, settings):
    settings.RELAY_SOCKET = tmp_path / "relay.sock"
    settings.RELAY_LIVE = tmp_path / "live"
    relay = Relay(None, settings.RELAY_LIVE)
    relay.server = HubServer(on_wanted=relay.wanted.append, on_push=relay.on_push, on_hls=relay.hls.append)
    await relay.server.start(settings.RELAY_SOCKET)
    yield relay
    await relay.server.close()


@contextlib.asynccontextmanager
async def serving(app):
    """A real uvicorn on a free port, as in production; its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off", log_level="warning"
        )
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            await task


def split_boxes(data):
    """Names of the top-level boxes."""
    names, at = [], 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        names.append(name)
        at += size
    return names
