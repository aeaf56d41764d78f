"""Viewers by HLS: an opening ticket makes a session, the session in the path is what segments inherit.

A plain ASGI app over the files that the relay's segment writer leaves. It checks, waits for a start, and hands out.
"""

import asyncio
import re
import time
from pathlib import Path

from django.conf import settings

from streams.relay.segments import PLAYLIST, VARIANT
from sunkitchen.core import tickets

from .answers import Message, Receive, Send, answer, say
from .link import Lookout

# Strict, so that no name leaves the camera's folder.
PATH = re.compile(
    r"/live/(?P<camera>[0-9a-z]{1,16})/(?P<token>[A-Za-z0-9._-]{20,120})/"
    r"(?P<name>index\.m3u8|media\.m3u8|may-watch|init-[0-9]{1,10}\.mp4|seg-[0-9]{1,10}-[0-9]{1,12}\.m4s)",
    re.ASCII,
)
MPEGURL = "application/vnd.apple.mpegurl"
MAY_WATCH = "may-watch"  # nginx asks before it hands out segments itself: deploy/nginx.conf
STALE_SECONDS = 15.0  # a playlist that did not grow for so long is not live any more


class HlsApp:
    """`opening`: seconds that an opening waits for a camera to start; `every`: seconds that a row's reading is kept."""

    def __init__(self, opening: float = 12.0, every: float = 5.0) -> None:
        self._opening = opening
        self._lookout = Lookout(every)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        if scope["method"] not in ("GET", "HEAD"):
            await say(send, 405, "只能读取。", "This can only be read.", [(b"allow", b"GET, HEAD")])
        elif found is None:
            await say(send, 404, "没有这个地址。", "There is nothing at this address.")
        else:
            await self._serve(found["camera"], found["token"], found["name"], send)

    async def _serve(self, code: str, token: str, name: str, send: Send) -> None:
        seen = await self._lookout.look(code)
        kind = tickets.OPENING if name == "index.m3u8" else tickets.SESSION
        try:
            if seen is None or not seen.watchable:
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
        if name == "index.m3u8":
            await self._open(code, seen.serial, folder, send)
        elif name == MAY_WATCH:
            await answer(send, 204, "text/plain", b"", [(b"cache-control", b"no-store")])
        elif name == PLAYLIST:
            await self._lookout.want(code)
            await _playlist(folder, send)
        else:
            await _file(folder / name, send)

    async def _open(self, code: str, serial: int, folder: Path, send: Send) -> None:
        """The master playlist, once the camera runs: it names a session of this viewer's own."""
        ends = time.monotonic() + self._opening
        while not await asyncio.to_thread(_is_fresh, folder / PLAYLIST):
            await self._lookout.want(code)
            if time.monotonic() > ends:
                await _not_running(send)
                return
            await asyncio.sleep(0.2)
        variant = await asyncio.to_thread((folder / VARIANT).read_text)
        session = tickets.session(code, serial, time.time())
        master = f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:{variant}\n../{session}/{PLAYLIST}\n"
        await answer(send, 200, MPEGURL, master.encode(), [(b"cache-control", b"no-store")])


async def _playlist(folder: Path, send: Send) -> None:
    path = folder / PLAYLIST
    if not await asyncio.to_thread(_is_fresh, path):
        await _not_running(send)
        return
    await answer(send, 200, MPEGURL, await asyncio.to_thread(path.read_bytes), [(b"cache-control", b"no-store")])


async def _file(path: Path, send: Send) -> None:
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError:
        await say(send, 404, "这一段画面已经过去。", "This piece of the picture is gone already.")
        return
    # The name is never used twice; kept shortly and by this viewer alone, for it shows people at work.
    await answer(send, 200, "video/mp4", data, [(b"cache-control", b"private, max-age=60, immutable")])


async def _not_running(send: Send) -> None:
    await say(
        send,
        503,
        "摄像头暂无画面，请稍候。",
        "The camera sends no picture now. Try again shortly.",
        [(b"retry-after", b"3")],
    )


def _is_fresh(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < STALE_SECONDS
    except OSError:
        return False


app = HlsApp()
