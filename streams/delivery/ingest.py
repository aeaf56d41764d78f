"""Pushes from kitchens: an endless POST of MPEG-TS or FLV, tunnelled to the relay as fast as the relay takes it.

A plain ASGI app. Camera and key are judged before a byte of the body is asked for; an unknown camera and a wrong
key get the same answer.
"""

import asyncio
import contextlib
import re
import time

from django.db import Error as DatabaseError

from streams.cameras import keys
from streams.models import Camera
from streams.relay.wire import HubDown, PushRefused, PushReplaced

from .answers import Message, Receive, Send, say
from .link import Lookout, Seen, hub, read_row

PATH = re.compile(r"/ingest/(?P<camera>[0-9a-z]{1,16})/(?P<key>[A-Za-z0-9_-]{1,100})/?", re.ASCII)
CLOSE = [(b"connection", b"close")]  # what is left of the body is not waited for
AGAIN = [(b"retry-after", b"5"), *CLOSE]


class NoLonger(Exception):
    """The key was replaced, or the camera switched off, while the push went on."""


class IngestApp:
    """`silence`: seconds without a byte after which a push is over; `recheck`: seconds between looks at the row."""

    def __init__(self, silence: float = 30.0, recheck: float = 5.0) -> None:
        self._silence = silence
        self._recheck = recheck
        self._lookout = Lookout(every=recheck / 2)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("POST", "PUT"):
            await say(
                send, 405, "只接受推流（POST）。", "Only pushes (POST) are taken here.", [(b"allow", b"POST, PUT")]
            )
            return
        found = PATH.fullmatch(scope["path"])
        try:
            seen = await read_row(found["camera"]) if found else None
        except DatabaseError:
            await say(send, 503, "系统繁忙，请稍后重连。", "We are busy. Connect again shortly.", AGAIN)
            return
        key = found["key"] if found else ""
        if not keys.fits(key, seen.push_key_hash if seen else "") or seen is None:
            zh, en = (
                "摄像头编号或密钥不对，请在后台重新生成推流地址。",
                "Camera or key is wrong. Make a new push address at your desk.",
            )
            await say(send, 403, zh, en, CLOSE)
        elif not seen.open or seen.source != Camera.Source.PUSH:
            zh, en = "这个摄像头已关闭，不接收画面。", "This camera is switched off and takes no pictures."
            await say(send, 409, zh, en, CLOSE)
        else:
            await self._tunnel(seen, receive, send)

    async def _tunnel(self, seen: Seen, receive: Receive, send: Send) -> None:
        try:
            async with hub().push(seen.code) as sink:
                looked = time.monotonic()
                async for data in self._body(receive):
                    await sink(data)
                    if time.monotonic() - looked >= self._recheck:
                        looked = time.monotonic()
                        with contextlib.suppress(DatabaseError):  # asked again; no reason to end a picture
                            await self._look(seen)
        except PushReplaced:
            await say(send, 409, "同一摄像头有新的推流接替了这一路。", "A newer push for this camera took over.", CLOSE)
        except (PushRefused, NoLonger):
            await say(send, 409, "这个摄像头现在不接收画面。", "This camera takes no pictures now.", CLOSE)
        except HubDown:
            await say(
                send, 503, "转发服务未运行，请稍后重连。", "The relay is not running. Connect again shortly.", AGAIN
            )
        except TimeoutError:
            await say(
                send, 408, "长时间没有收到画面，连接已结束。", "No picture came for a while; the push is over.", CLOSE
            )
        else:
            await say(send, 200, "推流已结束。", "The push is over.")

    async def _body(self, receive: Receive):
        while True:
            async with asyncio.timeout(self._silence):
                message = await receive()
            if message["type"] != "http.request":
                return  # the box hung up
            if data := message.get("body", b""):
                yield data
            if not message.get("more_body", False):
                return

    async def _look(self, seen: Seen) -> None:
        now = await self._lookout.look(seen.code)
        if now is None or not now.open or now.push_key_hash != seen.push_key_hash:
            raise NoLonger


app = IngestApp()
