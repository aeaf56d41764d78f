"""Viewers by HLS: an opening ticket makes a session, the session in the path is what segments inherit.

A plain ASGI app over the files that the relay's segment writer leaves. It checks, waits (for a camera to start, for
the part that comes next: playlists.py), and hands out.
"""

import asyncio
import re
import time
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qs

from django.conf import settings

from streams.relay.segments import PLAYLIST, VARIANT
from sunkitchen.core import tickets

from .answers import Message, Receive, Send, answer, say
from .link import Lookout
from .playlists import Reading, Watch, Watches

# Strict, so that no name leaves the camera's folder.
PATH = re.compile(
    r"/live/(?P<camera>[0-9a-z]{1,16})/(?P<token>[A-Za-z0-9._-]{20,120})/"
    r"(?P<name>index\.m3u8|media\.m3u8|may-watch|still\.jpg|init-[0-9]{1,10}\.mp4|seg-[0-9]{1,10}-[0-9]{1,12}\.m4s|"
    r"part-[0-9]{1,10}-[0-9]{1,12}-[0-9]{1,4}\.m4s)",
    re.ASCII,
)
MPEGURL = "application/vnd.apple.mpegurl"
STILL = "still.jpg"
STILL_SECONDS = 60.0  # an older one is no news
MAY_WATCH = "may-watch"  # nginx asks before it hands out segments itself: deploy/nginx.conf
NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
AHEAD = 2  # segments after the last one that may be waited for
PATIENCE = 3  # target durations that a reload or a part may wait
PARTS_SECONDS = 2.0  # that an opening waits for parts, once there are segments: else the reader begins without


class HlsApp:
    """`opening`: seconds that an opening waits for a camera to start; `every`: seconds that a row's reading is kept."""

    def __init__(self, opening: float = 12.0, every: float = 5.0) -> None:
        self._opening = opening
        self._lookout = Lookout(every)
        self._watches = Watches()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        if scope["method"] not in ("GET", "HEAD"):
            await say(send, 405, "只能读取。", "This can only be read.", [(b"allow", b"GET, HEAD")])
        elif found is None:
            await say(send, 404, "没有这个地址。", "There is nothing at this address.")
        else:
            await self._serve(found["camera"], found["token"], found["name"], scope.get("query_string", b""), send)

    async def _serve(self, code: str, token: str, name: str, query: bytes, send: Send) -> None:
        seen = await self._lookout.look(code)
        kind = tickets.OPENING if name in ("index.m3u8", STILL) else tickets.SESSION
        try:
            if seen is None or not seen.watchable or seen.private:  # of a check nothing lies on a disk
                raise tickets.BadTicket
            tickets.read(token, kind, code, seen.serial, time.time())
        except tickets.BadTicket:
            await say(
                send,
                403,
                "观看凭证无效或已过期，请刷新店铺页。",
                "This viewing ticket is not valid or has expired. Reload the kitchen's page.",
            )
            return
        folder = Path(settings.RELAY_LIVE) / code
        watch = self._watches.of(folder / PLAYLIST)
        if name == "index.m3u8":
            await self._open(code, seen.serial, folder, watch, send)
        elif name == MAY_WATCH:
            await answer(send, 204, "text/plain", b"", [(b"cache-control", b"no-store")])
        elif name == STILL:
            await self._lookout.want(code)
            await _still(Path(settings.POSTERS_ROOT) / f"{code}.jpg", send)
        elif name == PLAYLIST:
            await self._lookout.want(code, hls=True)
            await _playlist(watch, query, send)
        else:
            await _file(folder / name, watch, send)

    async def _open(self, code: str, serial: int, folder: Path, watch: Watch, send: Send) -> None:
        """The master playlist, once the camera runs: it names a session of this viewer's own."""
        ends = time.monotonic() + self._opening
        while not (reading := await watch.until(lambda reading: True, 0.5)):
            await self._lookout.want(code, hls=True)
            if time.monotonic() > ends:
                await _not_running(send)
                return
        if not reading.hint:
            await self._lookout.want(code, hls=True)
            await watch.until(lambda reading: reading.hint is not None, PARTS_SECONDS)
        variant = await asyncio.to_thread((folder / VARIANT).read_text)
        session = tickets.session(code, serial, time.time())
        master = f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:{variant}\n../{session}/{PLAYLIST}\n"
        await answer(send, 200, MPEGURL, master.encode(), [(b"cache-control", b"no-store")])


async def _playlist(watch: Watch, query: bytes, send: Send) -> None:
    """The playlist; with `_HLS_msn` (and `_HLS_part`) once it names that segment (or part)."""
    asked = {name: values[-1] for name, values in parse_qs(query.decode("latin-1")).items()}
    wanted = asked.get("_HLS_msn"), asked.get("_HLS_part")
    reading = watch.look()
    if reading and wanted != (None, None):
        number, part = (int(text) if text and NUMBER.fullmatch(text) else None for text in wanted)
        if number is None or (part is None) != (wanted[1] is None) or number >= reading.number + AHEAD:
            await say(send, 400, "播放器请求了还很远的画面。", "A player asked for a segment that is far ahead.")
            return
        reading = await watch.until(lambda now: now.has(number, part), PATIENCE * reading.target)
        if reading and not reading.has(number, part):
            reading = None
    if reading is None:
        await _not_running(send)
        return
    await answer(send, 200, MPEGURL, reading.text.encode(), [(b"cache-control", b"no-store")])


async def _file(path: Path, watch: Watch, send: Send) -> None:
    """A segment, or a part: also the one that was hinted at, as soon as it is there."""

    def is_over(now: Reading) -> bool:
        return now.hint != path.name

    reading = watch.look()
    if reading and not is_over(reading):
        await watch.until(is_over, PATIENCE * reading.target)
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError:
        await say(send, 404, "这一段画面已经过去。", "This piece of the picture is gone already.")
        return
    # The name is never used twice; kept shortly and by this viewer alone, for it shows people at work.
    await answer(send, 200, "video/mp4", data, [(b"cache-control", b"private, max-age=60, immutable")])


async def _still(path: Path, send: Send) -> None:
    """The newest picture that the relay decoded: every few seconds while somebody asks for it."""
    try:
        taken = path.stat().st_mtime
        data = await asyncio.to_thread(path.read_bytes)
    except OSError:
        taken, data = 0.0, b""
    if time.time() - taken > STILL_SECONDS:
        await _not_running(send)
        return
    when = formatdate(taken, usegmt=True).encode()
    await answer(send, 200, "image/jpeg", data, [(b"cache-control", b"no-store"), (b"last-modified", when)])


async def _not_running(send: Send) -> None:
    await say(
        send,
        503,
        "摄像头暂无画面，请稍候。",
        "The camera sends no picture now. Try again shortly.",
        [(b"retry-after", b"3")],
    )


app = HlsApp()
