"""The handshake proxy: it alone knows the camera's address and password, ffmpeg sees `rtsp://127.0.0.1:port/nonce`.

The name is resolved once and the IP pinned, every URI the camera names is put back onto that connection, redirects are
refused, the session description is rebuilt (see sdp.py). Nothing reaches ffmpeg before the camera has shown a codec
we let through. Media is then spliced frame by frame, and keep-alives stay parsed in both directions.
"""

import asyncio
import contextlib
import hmac
import logging
import re
import secrets
import ssl
from dataclasses import dataclass, field

from . import rtsp, sdp, through
from .addresses import IP, Address, BadAddress, parse, permitted
from .policy import Policy, Resolver, system_resolver

log = logging.getLogger("sunkitchen.relay.proxy")

CONNECT_SECONDS = 4.0
REPLY_SECONDS = 5.0
HELD_BYTES = 1 << 20  # media that overtakes the reply to PLAY
MESSAGES_BEFORE_REPLY = 5000
UNSENT_BYTES = 4 << 20
READ_BYTES = 256 << 10


class Failure(Exception):
    """Why there is no picture: `why` is a Camera.Why value, the text is for the log and holds no secret."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(text)
        self.why = why


@dataclass
class CameraProxy:
    """One camera, one client, one connection. `open()`, then `listen()`, at last `close()`."""

    url: str = field(repr=False)
    policy: Policy = field(default_factory=Policy)
    resolve: Resolver = system_resolver
    tls: ssl.SSLContext | None = None
    failure: Failure | None = None  # what ended it after `open()`
    codec: str = ""  # one of sdp.CODECS, after `open()`

    def __post_init__(self) -> None:
        self._nonce = secrets.token_urlsafe(16)
        self._cseq = 0
        self._session = ""
        self._alive = "OPTIONS"  # by what a session is kept
        self._playing = False
        self._taken = False
        self._pending: dict[int, _Asked] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._up: asyncio.StreamWriter | None = None
        self._down: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Connect, log in, read and judge the camera's description. Failure says why not."""
        try:
            self._address = parse(self.url)
        except BadAddress as error:
            raise Failure("refused_address", f"The address is refused: {error}.") from None
        self._login = rtsp.Login(self._address.user, self._address.password)
        await self._connect(await self._pin(self._address))
        options = await self._ask("OPTIONS", self._address.request_uri)
        if "GET_PARAMETER" in options.headers.get("public", "").upper():
            self._alive = "GET_PARAMETER"
        reply = await self._ask("DESCRIBE", self._address.request_uri, {"Accept": "application/sdp"})
        self._judge(reply)
        try:
            self._video = sdp.video(reply.body)
        except sdp.NoVideo:
            raise Failure("no_stream", "The camera's description has no video.") from None
        except sdp.UnknownCodec:
            raise Failure("codec", "The camera's video is neither H.264 nor H.265 nor MJPEG.") from None
        self.codec = self._video.codec
        base = reply.headers.get("content-base") or reply.headers.get("content-location") or ""
        self._base = self._pinned(base) if base else self._address.request_uri
        self._aggregate = self._resolved(self._video.session_control)
        self._track = self._resolved(self._video.control)

    async def listen(self) -> str:
        """Wait for the one client on loopback; the URL it must use."""
        self._server = await asyncio.start_server(self._client, "127.0.0.1", 0, limit=READ_BYTES)
        port = self._server.sockets[0].getsockname()[1]
        self._local = f"rtsp://127.0.0.1:{port}/{self._nonce}"
        return self._local

    @property
    def secrets(self) -> list[str]:
        """What a scrubber must take out of every line."""
        address = getattr(self, "_address", None)
        return [*(address.secrets if address else []), self._nonce]

    async def close(self) -> None:
        if self._server:
            self._server.close()
        if self._up and self._session and not self._up.is_closing():
            with contextlib.suppress(OSError, rtsp.BadMessage):
                self._send("TEARDOWN", self._aggregate, {})  # old cameras count sessions until they time out
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in (self._up, self._down):
            if writer:
                writer.close()
        self._server = self._up = self._down = None  # they know us: without them we are gone at once

    # ── towards the camera ──────────────────────────────────────────────────────────────────────────────────

    async def _pin(self, address: Address) -> IP:
        """The one IP that will be called. Each answer of the resolver must be permitted: one bad one spoils all."""
        try:
            found = await asyncio.wait_for(self.resolve(address.host, address.port), CONNECT_SECONDS)
        except (OSError, TimeoutError, UnicodeError):
            raise Failure("unreachable", "The camera's name has no address.") from None
        if not found:
            raise Failure("unreachable", "The camera's name has no address.")
        if not all(permitted(address, ip, self.policy.allow, self.policy.nets) for ip in found):
            raise Failure("refused_address", "The address is not one a camera may have here.")
        return found[0]

    async def _connect(self, ip: IP) -> None:
        context = None
        if self._address.scheme == "rtsps":
            context = self.tls or ssl.create_default_context()
        try:
            self._reader, self._up = await asyncio.wait_for(
                through.connected(
                    str(ip),
                    self._address.port,
                    limit=READ_BYTES,
                    ssl=context,
                    server_hostname=self._address.host if context else None,
                ),
                CONNECT_SECONDS,
            )
        except ssl.SSLError:
            raise Failure("unreachable", "The camera's certificate or TLS is not acceptable.") from None
        except (OSError, TimeoutError):
            raise Failure("unreachable", "The camera does not answer.") from None

    def _send(self, method: str, uri: str, headers: dict[str, str]) -> int:
        assert self._up
        self._cseq += 1
        session = {"Session": self._session} if self._session else {}
        lines = {"CSeq": str(self._cseq), "User-Agent": "Sunkitchen", **session, **headers}
        self._up.write(rtsp.encode(f"{method} {uri} RTSP/1.0", lines | self._login.header(method, uri)))
        return self._cseq

    async def _ask(
        self, method: str, uri: str, headers: dict[str, str] | None = None, held: bytearray | None = None
    ) -> rtsp.Message:
        """One request and its reply before media flows; a 401 is answered. Media on the way goes into `held`."""
        try:
            async with asyncio.timeout(REPLY_SECONDS):
                for _attempt in range(3):
                    cseq = self._send(method, uri, headers or {})
                    reply = await self._reply(cseq, held)
                    if reply.status != 401:
                        break
                    if not self._login.take(reply.challenges):
                        raise Failure("unauthorized", "The camera refuses user name or password.")
                else:
                    raise Failure("unauthorized", "The camera refuses user name or password.")
        except TimeoutError:
            raise Failure("no_picture", f"The camera does not answer {method}.") from None
        except OSError:
            raise Failure("ended", f"The camera ended the connection at {method}.") from None
        except rtsp.BadMessage as error:
            raise Failure("no_stream", f"The camera does not speak RTSP: {error}.") from None
        if 300 <= reply.status < 400:
            raise Failure("redirected", "The camera points to another address.")
        return reply

    async def _reply(self, cseq: int, held: bytearray | None) -> rtsp.Message:
        for _message in range(MESSAGES_BEFORE_REPLY):
            message = await rtsp.read(self._reader)
            if message is None:
                raise ConnectionResetError
            if isinstance(message, rtsp.Media):
                if held is not None and len(held) < HELD_BYTES:
                    held += message.data
            elif message.is_reply and message.headers.get("cseq", str(cseq)) == str(cseq):
                return message
        raise rtsp.BadMessage("media in place of a reply")  # a flood would keep the loop from the other cameras

    @staticmethod
    def _judge(reply: rtsp.Message) -> None:
        if reply.status == 403:
            raise Failure("unauthorized", "The camera forbids this user.")
        if reply.status != 200:
            raise Failure("no_stream", f"The camera answers {reply.status}.")

    def _pinned(self, uri: str) -> str:
        """`uri` on the connection we have: cameras behind NAT, or worse ones, name other hosts."""
        found = re.fullmatch(r"rtsps?://[^/?]*([/?][!-~]*)?", uri, re.IGNORECASE)
        if not found:
            raise Failure("no_stream", "The camera names its stream in a way that is not understood.")
        return f"{self._address.scheme}://{self._address.netloc}{found[1] or '/'}"

    def _resolved(self, control: str) -> str:
        """A control attribute as a request URI: absolute, '*' or relative (appended, as cameras mean it)."""
        if not control or control == "*":
            return self._base
        if re.match(r"rtsps?://", control, re.IGNORECASE):
            return self._pinned(control)
        if control.startswith("/"):
            return self._pinned(f"rtsp://camera{control}")
        return f"{self._base.rstrip('/')}/{control}"

    # ── towards ffmpeg ──────────────────────────────────────────────────────────────────────────────────────

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except Failure as failure:
            self._end(failure)
        except (OSError, rtsp.BadMessage, asyncio.CancelledError):
            pass  # ffmpeg left, or we close: nothing to tell
        finally:
            self._tasks.discard(task)
            writer.close()

    def _end(self, failure: Failure) -> None:
        self.failure = self.failure or failure.with_traceback(None)  # which would keep us as we keep it
        log.debug("proxy ended: %s", failure)
        for writer in (self._up, self._down):
            if writer:
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (message := await rtsp.read(reader)) is not None:
            if isinstance(message, rtsp.Media):
                if self._playing and self._down is writer and self._up:
                    self._up.write(message.data)  # receiver reports
                continue
            if not self._knows_nonce(message.uri) or (self._taken and self._down is not writer):
                self._answer(writer, message, "404 Not Found")
                return
            self._taken, self._down = True, writer
            if self._server:
                self._server.close()  # nobody else is expected
            await self._request(writer, message)

    def _knows_nonce(self, uri: str) -> bool:
        found = re.match(r"rtsp://127\.0\.0\.1:\d+/([A-Za-z0-9_-]+)", uri)
        return bool(found) and hmac.compare_digest(found[1] if found else "", self._nonce)

    @staticmethod
    def _answer(
        writer: asyncio.StreamWriter,
        request: rtsp.Message,
        status: str = "200 OK",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        lines = {"CSeq": request.headers.get("cseq", "0"), **(headers or {})}
        if body:
            lines["Content-Length"] = str(len(body))
        writer.write(rtsp.encode(f"RTSP/1.0 {status}", lines, body))

    async def _request(self, writer: asyncio.StreamWriter, request: rtsp.Message) -> None:
        if request.method == "TEARDOWN":
            self._answer(writer, request)  # at once: ffmpeg would wait for a camera that is gone. close() tells it
        elif self._playing:
            self._forward(request)
        elif request.method == "OPTIONS":
            public = f"OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, {self._alive}"
            self._answer(writer, request, headers={"Public": public})
        elif request.method == "DESCRIBE":
            headers = {"Content-Base": f"{self._local}/", "Content-Type": "application/sdp"}
            self._answer(writer, request, headers=headers, body=self._video.sdp)
        elif request.method == "SETUP":
            await self._set_up(writer, request)
        elif request.method == "PLAY":
            await self._play(writer, request)
        else:
            self._answer(writer, request, "501 Not Implemented")

    async def _set_up(self, writer: asyncio.StreamWriter, request: rtsp.Message) -> None:
        wanted = "RTP/AVP/TCP;unicast;interleaved=0-1"
        reply = await self._ask("SETUP", self._track, {"Transport": wanted})
        self._judge(reply)
        got = reply.headers.get("transport", "")
        channels = re.search(r"interleaved=(\d{1,3})-(\d{1,3})", got)
        if "TCP" not in got.upper() or not channels or max(int(channels[1]), int(channels[2])) > 255:
            raise Failure("no_stream", "The camera does not send over the connection it was asked on (RTP over TCP).")
        session = reply.headers.get("session", "")
        found = re.fullmatch(r"([!-:<-~]{1,200})(?:\s*;\s*timeout\s*=\s*(\d{1,4}))?.*", session)
        if not found:
            raise Failure("no_stream", "The camera gives no session.")
        self._session = found[1]
        timeout = min(max(int(found[2] or 60), 4), 3600)
        headers = {
            "Transport": f"RTP/AVP/TCP;unicast;interleaved={channels[1]}-{channels[2]}",
            "Session": f"1;timeout={timeout}",
        }
        self._answer(writer, request, headers=headers)

    async def _play(self, writer: asyncio.StreamWriter, request: rtsp.Message) -> None:
        if not self._session:
            self._answer(writer, request, "455 Method Not Valid in This State")
            return
        held = bytearray()
        self._judge(await self._ask("PLAY", self._aggregate, {"Range": "npt=0.000-"}, held))
        self._answer(writer, request, headers={"Session": "1"})  # no RTP-Info: its URIs and times are often wrong
        writer.write(bytes(held))
        self._playing = True
        task = asyncio.create_task(self._splice(writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _forward(self, request: rtsp.Message) -> None:
        """A keep-alive while media flows: asked in our words; `_splice` brings the reply."""
        if request.method in ("OPTIONS", "GET_PARAMETER", "SET_PARAMETER") and len(self._pending) < 10:
            self._pending[self._send(self._alive, self._aggregate, {})] = _Asked(request)

    # ── while media flows ───────────────────────────────────────────────────────────────────────────────────

    async def _splice(self, writer: asyncio.StreamWriter) -> None:
        """Camera → ffmpeg: whole runs of interleaved frames in one write, replies taken out. They go through without
        this task, unless ffmpeg falls behind."""
        held = b""

        def taken(chunk: bytes) -> None:
            nonlocal held
            pieces, held = rtsp.runs(held + chunk if held else chunk)
            for piece in pieces:
                if isinstance(piece, bytes):
                    writer.write(piece)
                else:
                    self._handle(writer, piece)
            if unsent() > UNSENT_BYTES:
                self._reader.taker = None  # what comes next wakes the task, which waits for ffmpeg

        unsent = writer.transport.get_write_buffer_size
        try:
            while chunk := await self._reader.read(READ_BYTES):
                taken(chunk)
                if unsent() > UNSENT_BYTES:
                    await writer.drain()
                elif len(chunk) < READ_BYTES:
                    self._reader.taker = taken
            self._end(Failure("ended", "The camera ended the connection."))
        except Failure as failure:
            self._end(failure)
        except rtsp.BadMessage as error:
            self._end(Failure("no_stream", f"The camera's stream is broken: {error}."))
        except OSError:
            self._end(Failure("ended", "The connection to the camera broke."))
        finally:
            self._reader.taker = None

    def _handle(self, writer: asyncio.StreamWriter, message: rtsp.Message) -> None:
        if not message.is_reply:
            if message.method == "REDIRECT":
                raise Failure("redirected", "The camera points to another address.")
            if self._up:
                self._answer(self._up, message, "501 Not Implemented")
            return
        cseq = message.headers.get("cseq", "")
        asked = self._pending.pop(int(cseq), None) if cseq.isascii() and cseq.isdigit() and len(cseq) < 10 else None
        if not asked:
            return
        if message.status == 401 and not asked.again and self._login.take(message.challenges):
            again = self._send(self._alive, self._aggregate, {})  # a nonce lives as long as the camera likes
            self._pending[again] = _Asked(asked.request, again=True)
            return
        if message.status == 401:
            raise Failure("unauthorized", "The camera no longer accepts user name or password.")
        # Whatever else it says to a keep-alive, media decides whether the camera lives.
        self._answer(writer, asked.request, headers={"Session": "1"})


@dataclass(frozen=True)
class _Asked:
    request: rtsp.Message
    again: bool = False
