"""`relay --check`: what a camera offers, seen through the same proxy, policy and feed as the relay's own.

Here it is only looked at; verdict.py judges, and says it in words. Nothing that is found holds a secret.
"""

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field
from struct import unpack_from

from . import child, rtsp
from .addresses import IP, Address, BadAddress, parse
from .budget import Budget
from .camera_proxy import CameraProxy
from .feeds import PullFeed
from .fmp4 import Init, Part
from .policy import Policy, Resolver, system_resolver

WATCHED_SECONDS = 10.0
PATIENCE_SECONDS = 20.0  # until the first picture: twice what the relay gives a camera


@dataclass(frozen=True)
class Offer:
    """One section of the camera's description: "video" "H264", "audio" "PCMA"."""

    kind: str
    codec: str


@dataclass(frozen=True)
class Frame:
    """A part as it came. `at`: seconds of the camera's own clock."""

    at: float
    key: bool
    size: int


@dataclass
class Found:
    """What was seen, in the order in which it is seen. `why`: "" or a Camera.Why value, where it ended before pictures."""

    shown: str = ""  # the address without user, password and query; "" when it is none
    sub_stream: tuple[str, str] | None = None
    secure: bool = False  # rtsps
    named: bool = False  # user or password were given
    ips: list[str] = field(default_factory=list)
    connected_ms: float | None = None
    asked_login: str = ""  # "", basic or digest: what the camera asked for
    offers: list[Offer] = field(default_factory=list)
    first_seconds: float | None = None  # from the call to the first picture
    mime: str = ""
    size: tuple[int, int] | None = None  # pixels
    frames: list[Frame] = field(default_factory=list)
    why: str = ""
    lines: list[str] = field(default_factory=list)  # what proxy and ffmpeg said, scrubbed


class Witness(CameraProxy):
    """The relay's proxy, and what passes it on the way to the first picture."""

    def __init__(self, url: str, policy: Policy, found: Found, resolve: Resolver) -> None:
        self._found = found
        self._resolver = resolve
        super().__init__(url, policy, self._resolved_to)

    async def _resolved_to(self, host: str, port: int) -> list[IP]:
        ips = await self._resolver(host, port)
        self._found.ips = sorted({str(ip) for ip in ips})
        return ips

    async def _connect(self, ip: IP) -> None:
        began = time.monotonic()
        await super()._connect(ip)
        self._found.connected_ms = (time.monotonic() - began) * 1000

    async def _reply(self, cseq: int, held: bytearray | None) -> rtsp.Message:
        reply = await super()._reply(cseq, held)
        if reply.status == 401:
            kinds = [challenge.partition(" ")[0].lower() for challenge in reply.challenges]
            self._found.asked_login = next((kind for kind in ("digest", "basic") if kind in kinds), "unknown")
        elif reply.status == 200 and reply.body and not self._found.offers:
            self._found.offers = offers(reply.body)
        return reply


class _Watch:
    """Listens to the feed."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._began = time.monotonic()
        self.first, self.over = asyncio.Event(), asyncio.Event()

    def on_init(self, code: str, epoch: int, init: Init) -> None:
        self._found.mime, self._found.size = init.mime, size_of(init.data)

    def on_part(self, code: str, epoch: int, part: Part, captured_ms: int) -> None:
        if self._found.first_seconds is None:
            self._found.first_seconds = time.monotonic() - self._began
        self._found.frames.append(Frame(part.decode_time, part.key, len(part.data)))
        self.first.set()

    def on_end(self, code: str, epoch: int, why: str, lines: list[str]) -> None:
        self._found.why, self._found.lines = why, lines
        self.first.set()
        self.over.set()


async def look(
    url: str,
    policy: Policy,
    binary: str,
    *,
    seconds: float = WATCHED_SECONDS,
    patience: float = PATIENCE_SECONDS,
    resolve: Resolver = system_resolver,
) -> Found:
    """Call the camera, watch it for `seconds` after its first picture, and let go of it again."""
    found = Found()
    try:
        address = parse(url)
    except BadAddress as error:
        found.why, found.lines = "refused_address", [str(error)]
        return found
    found.shown, found.sub_stream = address.shown, sub_stream(address)
    found.secure, found.named = address.scheme == "rtsps", bool(address.user or address.password)
    watch = _Watch(found)
    feed = PullFeed("check", 1, watch, binary, Witness(url, policy, found, resolve), Budget(1))
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(watch.first.wait(), patience)
            await asyncio.wait_for(watch.over.wait(), seconds)
    finally:
        feed.stop()
        await feed.gone()
    if not found.frames and not found.why:
        found.why = "no_picture"
    found.lines = [child.scrub(line, address.secrets) for line in found.lines]
    return found


def offers(description: bytes) -> list[Offer]:
    """What a session description (RFC 4566) offers, in words of letters, digits and hyphens alone."""
    found = []
    for section in re.split(r"(?m)^m=", description.decode("utf-8", "replace"))[1:]:
        media = re.match(r"(video|audio|application) \d+ [A-Z/]+ (\d{1,3})", section)
        if not media:
            continue
        named = re.search(rf"(?m)^a=rtpmap:{media[2]} ([A-Za-z0-9-]{{1,20}})/", section)
        codec = named[1].upper() if named else {"26": "JPEG", "0": "PCMU", "8": "PCMA"}.get(media[2], "?")
        found.append(Offer(media[1], "H265" if codec == "HEVC" else codec))
    return found


def size_of(init: bytes) -> tuple[int, int] | None:
    """Width and height of the picture, from its sample entry (ISO/IEC 14496-12, 12.1.3)."""
    for name in (b"avc1", b"avc3", b"hvc1", b"hev1"):
        at = init.find(name, init.find(b"stsd"))
        if at > 0 and at + 32 <= len(init):
            width, height = unpack_from(">HH", init, at + 28)
            return width, height
    return None


# How cameras name their smaller stream, by vendor: (what stands in the address, what stands there for the sub-stream).
_SUB_STREAMS = [
    (r"/Streaming/Channels/(\d*)01\b", r"/Streaming/Channels/\g<1>02"),  # Hikvision
    (r"subtype=0", r"subtype=1"),  # Dahua
    (r"_stream=0\b", r"_stream=1"),  # Xiongmai
    (r"Preview_(\d+)_main", r"Preview_\1_sub"),  # Reolink
    (r"/media/video1\b", r"/media/video2"),  # Uniview
    (r"/stream1\b", r"/stream2"),  # TP-Link
    (r"/h264/ch(\d+)/main/", r"/h264/ch\1/sub/"),  # older Hikvision
]


def sub_stream(address: Address) -> tuple[str, str] | None:
    """What in this address to put in place of what, for the camera's smaller stream; None when it is not known."""
    for pattern, instead in _SUB_STREAMS:
        if found := re.search(pattern, address.target, re.IGNORECASE):
            return found[0], found.expand(instead)
    return None
