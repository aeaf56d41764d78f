"""RTSP/1.0 messages (RFC 2326) and the credentials they carry (RFC 7616 digest, RFC 7617 basic). Pure but for reading."""

import asyncio
import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field

MAX_HEAD = 16 << 10
MAX_BODY = 64 << 10
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class BadMessage(Exception):
    """The other side does not speak RTSP, or far too much of it."""


@dataclass(frozen=True, slots=True)
class Media:
    """An interleaved frame as it came: '$', channel, two bytes of length, packet."""

    data: bytes


@dataclass(slots=True)
class Message:
    """A request or a reply. Header names are lower case; `challenges` are all WWW-Authenticate lines."""

    start: str
    headers: dict[str, str] = field(default_factory=dict)
    challenges: list[str] = field(default_factory=list)
    body: bytes = b""

    @property
    def is_reply(self) -> bool:
        return self.start.startswith("RTSP/1.0 ")

    @property
    def status(self) -> int:
        try:
            return int(self.start.split(" ", 2)[1])
        except (IndexError, ValueError):
            raise BadMessage("a reply without a status") from None

    @property
    def method(self) -> str:
        return self.start.split(" ", 1)[0]

    @property
    def uri(self) -> str:
        parts = self.start.split(" ")
        return parts[1] if len(parts) == 3 else ""


def encode(start: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a message. BadMessage when a value would break out of its line."""
    lines = [start, *(f"{name}: {value}" for name, value in headers.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise BadMessage("a line break inside a header")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def read(reader: asyncio.StreamReader) -> Message | Media | None:
    """The next message or interleaved frame; None at the end. BadMessage for anything else."""
    try:
        first = await reader.readexactly(1)
        if first == b"$":
            head = await reader.readexactly(3)
            return Media(first + head + await reader.readexactly(int.from_bytes(head[1:])))
        head = first + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadMessage("the connection ended within a message") from None
        return None
    except asyncio.LimitOverrunError:
        raise BadMessage("a header without an end") from None
    message = parse_head(head)
    try:
        message.body = await reader.readexactly(body_length(message))
    except asyncio.IncompleteReadError:
        raise BadMessage("the connection ended within a body") from None
    return message


def parse_head(head: bytes) -> Message:
    """Start line and headers. BadMessage when it is no RTSP/1.0."""
    if len(head) > MAX_HEAD:
        raise BadMessage("too long a header")
    text = head.decode("utf-8", "replace").lstrip("\r\n")  # some cameras put an empty line before a reply
    start, *lines = text.rstrip("\r\n").split("\r\n")
    if not (start.startswith("RTSP/1.0 ") or start.endswith(" RTSP/1.0")):
        raise BadMessage("not RTSP/1.0")
    message = Message(start)
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name.strip()):
            continue
        name, value = name.strip().lower(), value.strip()
        if name == "www-authenticate":
            message.challenges.append(value)
        else:
            message.headers.setdefault(name, value)
    return message


def runs(data: bytes) -> tuple[list[bytes | Message], bytes]:
    """What is complete in `data`, in order: runs of interleaved frames as they came, and messages; then the rest.

    BadMessage when it is neither.
    """
    pieces: list[bytes | Message] = []
    at = start = 0
    while at < len(data):
        if data[at] == 0x24:
            if len(data) < at + 4 or len(data) < (end := at + 4 + int.from_bytes(data[at + 2 : at + 4])):
                break
            at = end
            continue
        if at > start:
            pieces.append(data[start:at])
            start = at
        found = _message(data, at)
        if found is None:
            break
        message, start = found
        at = start
        pieces.append(message)
    if at > start:
        pieces.append(data[start:at])
    return pieces, data[at:]


def _message(data: bytes, at: int) -> tuple[Message, int] | None:
    """The message at `at` and where it ends; None when it is not whole."""
    if not data[at : at + 1].isalpha() and data[at] not in b"\r\n":
        raise BadMessage("neither a frame nor a message")
    head = data.find(b"\r\n\r\n", at + 2)  # a message may begin with an empty line
    if head < 0:
        if len(data) - at > MAX_HEAD:
            raise BadMessage("a header without an end")
        return None
    message = parse_head(data[at : head + 4])
    end = head + 4 + body_length(message)
    if end > len(data):
        return None
    message.body = data[head + 4 : end]
    return message, end


def body_length(message: Message) -> int:
    """What Content-Length says. BadMessage when it is no length, or far too long."""
    length = message.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > MAX_BODY:
        raise BadMessage("a body of impossible length")
    return int(length)


_PAIR = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def _parameters(challenge: str) -> dict[str, str]:
    found = _PAIR.findall(challenge)
    return {name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain for name, quoted, plain in found}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Login:
    """User and password in the strongest way the camera asks for: digest SHA-256, digest MD5, basic."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._scheme = ""  # "", "basic" or a digest algorithm
        self._asked: dict[str, str] = {}
        self._count = 0

    def take(self, challenges: list[str]) -> bool:
        """Understand a 401. False when there is nothing (more) to try: no user, no known way, or already refused."""
        best = self._choose(challenges)
        if not best or not (self._user or self._password):
            return False
        scheme, asked = best
        if self._scheme:
            # Refused after we said it. Only a nonce that ran out is worth another word: a wrong password said again
            # locks the camera's account. A nonce used with success before ran out, whether or not it says stale.
            ran_out = asked.get("stale", "").lower() == "true" or self._count > 1
            if scheme == "basic" or not ran_out:
                return False
        self._scheme, self._asked, self._count = scheme, asked, 0
        return True

    def _choose(self, challenges: list[str]) -> tuple[str, dict[str, str]] | None:
        digests: dict[str, dict[str, str]] = {}
        basic = False
        for challenge in challenges:
            kind, _, rest = challenge.partition(" ")
            if kind.lower() == "digest":
                asked = _parameters(rest)
                digests.setdefault(asked.get("algorithm", "MD5").upper(), asked)
            elif kind.lower() == "basic":
                basic = True
        for algorithm in ("SHA-256", "MD5"):
            asked = digests.get(algorithm, {})
            if asked.get("nonce") and self._speakable(asked):
                return algorithm, asked
        return ("basic", {}) if basic else None

    @staticmethod
    def _speakable(asked: dict[str, str]) -> bool:
        offered = [part.strip().lower() for part in asked.get("qop", "").split(",") if part.strip()]
        return not offered or "auth" in offered

    def header(self, method: str, uri: str) -> dict[str, str]:
        """The Authorization header for one request, {} before any challenge."""
        if not self._scheme:
            return {}
        if self._scheme == "basic":
            pair = f"{self._user}:{self._password}".encode()
            return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        return {"Authorization": "Digest " + self._digest(method, uri)}

    def _digest(self, method: str, uri: str) -> str:
        def hashed(text: str) -> str:
            return _HASHES[self._scheme](text.encode()).hexdigest()

        realm, nonce = self._asked.get("realm", ""), self._asked["nonce"]
        ha1 = hashed(f"{self._user}:{realm}:{self._password}")
        ha2 = hashed(f"{method}:{uri}")
        self._count += 1
        fields = {
            "username": _quoted(self._user),
            "realm": _quoted(realm),
            "nonce": _quoted(nonce),
            "uri": _quoted(uri),
        }
        if self._asked.get("qop"):
            count, own = f"{self._count:08x}", secrets.token_hex(8)
            response = hashed(f"{ha1}:{nonce}:{count}:{own}:auth:{ha2}")
            fields |= {"qop": "auth", "nc": count, "cnonce": _quoted(own)}
        else:
            response = hashed(f"{ha1}:{nonce}:{ha2}")
        fields["response"] = _quoted(response)
        if "algorithm" in self._asked:
            fields["algorithm"] = self._scheme
        if "opaque" in self._asked:
            fields["opaque"] = _quoted(self._asked["opaque"])
        return ", ".join(f"{name}={value}" for name, value in fields.items())
