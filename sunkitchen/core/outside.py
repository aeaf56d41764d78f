"""One question to somebody else's service, from inside the operator's network: an address is an attack until shown
otherwise. HTTPS to public addresses only, resolved once and pinned, no redirects, bounded in time and size.
"""

import contextlib
import http.client
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from . import ips

PATIENCE = 5.0  # seconds, for all of it
MOST_BYTES = 256 * 1024
LONGEST = 1000  # characters of an address
AGENT = "sunkitchen"
Resolve = Callable[[str, int], list[str]]
Said = tuple[str, bytes | None, Mapping[str, str]]  # method, body, headers


class NotAsked(Exception):
    """The address may not be called. `code`: scheme, host, user, port, long, private, unknown."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class NoAnswer(Exception):
    """Nothing usable came. `code`: silent, status, redirect, large, json. Never what was said, nor the address."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Place:
    """A service's address, taken apart."""

    scheme: str
    host: str
    port: int
    target: str  # path and query

    @property
    def name(self) -> str:
        """As it stands in an allow-list: host:port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def place(url: str, allow: Collection[str] = ()) -> Place:
    """Where the URL leads. NotAsked unless it is https without user or password, or http to an entry of `allow`."""
    if len(url) > LONGEST:
        raise NotAsked("long")
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in ' \\"<>^`'):
        raise NotAsked("host")
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAsked("host") from None
    if parts.scheme not in ("http", "https"):
        raise NotAsked("scheme")
    if "@" in parts.netloc:
        raise NotAsked("user")
    host = (parts.hostname or "").removesuffix(".")
    if not host or parts.fragment or (not _is_ip(host) and not all(_is_label(label) for label in host.split("."))):
        raise NotAsked("host")
    if not _is_ip(host) and (host.split(".")[-1].isdigit() or host.split(".")[-1].startswith("0x")):
        raise NotAsked("host")  # resolvers read 0x7f.1 or 2130706433 as an address
    if port is not None and not 1 <= port <= 65535:
        raise NotAsked("port")
    found = Place(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), _target(parts))
    if parts.scheme == "http" and found.name not in allow:
        raise NotAsked("scheme")
    return found


def get_json(
    url: str,
    headers: Mapping[str, str],
    *,
    allow: Collection[str] = (),
    patience: float = PATIENCE,
    most: int = MOST_BYTES,
    resolve: Resolve | None = None,
    context: ssl.SSLContext | None = None,
) -> Any:
    """What that address answers, as JSON. NotAsked when it may not be called, NoAnswer when nothing usable came.

    `allow`: exact host:port entries that may be private or loopback, and asked over http.
    """
    where = place(url, allow)
    until = time.monotonic() + patience
    address = _pinned(where, allow, resolve or _resolve, until)
    said = _exchange(where, address, ("GET", None, {**headers, "Accept": "application/json"}), until, most, context)
    return _parsed(said)


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allow: Collection[str] = (),
    patience: float = PATIENCE,
    resolve: Resolve | None = None,
    context: ssl.SSLContext | None = None,
) -> None:
    """Send `body` there; any 2xx is an answer. NotAsked, NoAnswer as `get_json`."""
    where = place(url, allow)
    until = time.monotonic() + patience
    address = _pinned(where, allow, resolve or _resolve, until)
    _exchange(where, address, ("POST", body, dict(headers)), until, MOST_BYTES, context)


def _exchange(where: Place, address: str, said: Said, until: float, most: int, context: ssl.SSLContext | None) -> bytes:
    """The body of a good answer. NoAnswer, whatever else came."""
    try:
        return _ask(where, address, said, until, most, context)
    except NoAnswer:
        raise
    except (OSError, http.client.HTTPException, ssl.SSLError, ValueError):
        raise NoAnswer("silent") from None


def _ask(where: Place, address: str, said: Said, until: float, most: int, context: ssl.SSLContext | None) -> bytes:
    wire = [socket.create_connection((address, where.port), timeout=_left(until))]
    # A read that is fed one byte a second never times out by itself: when the time is over, the wire is shut.
    stop = threading.Timer(_left(until), lambda: _shut(wire[-1]))
    stop.daemon = True
    stop.start()
    try:
        if where.scheme == "https":
            secure = (context or ssl.create_default_context()).wrap_socket(
                wire[-1], server_hostname=where.host, do_handshake_on_connect=False
            )
            wire.append(secure)
            secure.do_handshake()
        connection = http.client.HTTPConnection(where.host, where.port)
        connection.sock = wire[-1]
        method, sent, headers = said
        connection.request(method, where.target, sent, {**headers, "User-Agent": AGENT})
        answer = connection.getresponse()
        if 300 <= answer.status < 400:
            raise NoAnswer("redirect")
        if answer.status != 200 and not (method == "POST" and 200 <= answer.status < 300):
            raise NoAnswer("status")
        body = answer.read(most + 1)
        if len(body) > most:
            raise NoAnswer("large")
        if time.monotonic() >= until:
            raise NoAnswer("silent")
    finally:
        stop.cancel()
        wire[-1].close()
    return body


def _shut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _parsed(body: bytes) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError):
        raise NoAnswer("json") from None


def _pinned(where: Place, allow: Collection[str], resolve: Resolve, until: float) -> str:
    """The one address that is called. Every address of the name must be public: one that isn't is a trick."""
    found = [where.host] if _is_ip(where.host) else _resolved(where, resolve, until)
    if not found:
        raise NotAsked("unknown")
    if where.name in allow:
        return found[0]
    for text in found:
        try:
            public = ips.is_public(ip_address(text))
        except ValueError:
            public = False
        if not public:
            raise NotAsked("private")
    return found[0]


def _resolved(where: Place, resolve: Resolve, until: float) -> list[str]:
    """A name server is somebody else's, too, and the system asks it for half a minute: NoAnswer when the time is over."""
    heard: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            heard.put(resolve(where.host, where.port))
        except Exception as error:
            heard.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = heard.get(timeout=_left(until))
    except queue.Empty:
        raise NoAnswer("silent") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _resolve(host: str, port: int) -> list[str]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotAsked("unknown") from None
    return [str(row[4][0]) for row in rows]


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise NoAnswer("silent")
    return left


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_label(label: str) -> bool:
    inner = label.replace("-", "").replace("_", "")
    return 1 <= len(label) <= 63 and inner.isalnum() and inner.isascii() and not label.startswith("-")
