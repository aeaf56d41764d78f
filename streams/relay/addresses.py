"""Which camera addresses may be called: strict reading of the URL, and a policy for the IP it resolves to. Pure.

The relay calls from inside the operator's network, so an address is an attack until shown otherwise (SSRF: CWE-918).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_network
from urllib.parse import unquote

from sunkitchen.core import ips
from sunkitchen.core.ips import IP

DEFAULT_PORT = {"rtsp": 554, "rtsps": 322}  # IANA
MAX_LENGTH = 1000

# A URL as cameras' manuals print them. Exactly one '@': a second one is a way to show one host and mean another.
_URL = re.compile(
    r"(?P<scheme>rtsps?)://"
    r"(?:(?P<user>[^@:/?#\\\s]*)(?::(?P<password>[^@/?#\\\s]*))?@)?"
    r"(?:(?P<host>[A-Za-z0-9._-]{1,253})|\[(?P<host6>[0-9A-Fa-f:.]{2,45})\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!-\"$-\[\]-~]*)?",  # printable ASCII without '#' and '\'
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
# What WHATWG's URL parser calls "ends in a number": resolvers read 0x7f.1, 0177.1 or 2130706433 as an IPv4 address.
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*", re.ASCII)

# Some cameras are given user and password inside the path: /user=admin_password=…_channel=1_stream=0.sdp
_WORD_IN_PATH = re.compile(r"(?:user(?:name)?|usr|pass(?:word|wd)?|pwd|auth|token|key)=", re.IGNORECASE)


class BadAddress(ValueError):
    """Not an address a camera may have."""


@dataclass(frozen=True)
class Address:
    """A camera's address, taken apart. `target`: path and query as written. User and password stay out of its repr."""

    scheme: str
    host: str
    port: int
    target: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def request_uri(self) -> str:
        """As the camera is asked for it: without user and password."""
        return f"{self.scheme}://{self.netloc}{self.target}"

    @property
    def shown(self) -> str:
        """For people: without user, password and query (some cameras take the password there, or in the path)."""
        path = self.target.partition("?")[0]
        word = _WORD_IN_PATH.search(path)
        return f"{self.scheme}://{self.netloc}{path[: word.start()] + '…' if word else path}"

    @property
    def secrets(self) -> list[str]:
        """What must never be seen in a log, the query's parts included."""
        path, _, query = self.target.partition("?")
        word = _WORD_IN_PATH.search(path)
        inside = path[word.start() :] if word else ""
        values = [pair.partition("=")[2] for pair in re.split("[&;/]", f"{query}&{inside}")]
        return [text for text in (self.password, self.user, query, inside, *values) if len(text) > 2]


def parse(url: str) -> Address:
    """The address in `url`. BadAddress for another scheme, a trick with the host, or a character that isn't one."""
    if len(url) > MAX_LENGTH:
        raise BadAddress("too long")
    found = _URL.fullmatch(url)
    if not found:
        raise BadAddress("not an rtsp:// or rtsps:// address")
    scheme = found["scheme"].lower()
    host = _host6(found["host6"]) if found["host6"] else _host(found["host"])
    port = int(found["port"]) if found["port"] else DEFAULT_PORT[scheme]
    if not 1 <= port <= 65535:
        raise BadAddress("no such port")
    user, password = (_credential(found[name] or "") for name in ("user", "password"))
    return Address(scheme, host, port, found["path"] or "/", user, password)


def _host(host: str) -> str:
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))  # four decimal numbers without leading zeros, nothing else
        except ValueError:
            raise BadAddress("an IP address in an unusual form") from None
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress("not a host name")
    return host.removesuffix(".").lower()


def _host6(host: str) -> str:
    try:
        return str(IPv6Address(host))
    except ValueError:
        raise BadAddress("not an IPv6 address") from None


def _credential(text: str) -> str:
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadAddress("user or password is not text") from None
    if any(not character.isprintable() for character in plain):
        raise BadAddress("a control character in user or password")
    return plain


def permitted(address: Address, ip: IP, allow: Collection[str], nets: Iterable[str]) -> bool:
    """Whether the relay may connect to `ip` for this address.

    `allow`: exact "host:port" entries (name or IP as resolved) that may be anything, loopback too. `nets`: CIDRs of
    private networks where cameras stand; they never open loopback, link-local, multicast or metadata addresses.
    """
    if _listed(address.host, address.port, allow) or _listed(str(ip), address.port, allow):
        return True
    meant = ips.plain(ip)
    if meant is None or ips.forbidden(meant):
        return False
    if meant.is_global:
        return True
    return any(meant in ip_network(net, strict=False) for net in nets)


def _listed(host: str, port: int, allow: Collection[str]) -> bool:
    bare = f"{host}:{port}"
    return bare in allow or (":" in host and f"[{host}]:{port}" in allow)
