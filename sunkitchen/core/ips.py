"""Which addresses of the internet may be called from inside the operator's network. Pure (SSRF: CWE-918)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

IP = IPv4Address | IPv6Address

# Metadata services that stand at addresses of other kinds than link-local (169.254.169.254 is that already).
METADATA: frozenset[IP] = frozenset(
    ip_address(text)
    for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")  # Aliyun … GCP
)
# IPv6 prefixes that carry an IPv4 address to somebody who unwraps it: 6to4, Teredo, NAT64 (both), IPv4-compatible.
_CARRIERS = [
    IPv6Network(text)
    for text in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
]


def plain(ip: IP) -> IP | None:
    """The address that is meant: an IPv4 one out of its IPv6 coat. None where somebody else unwraps it, or never."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return ip.ipv4_mapped
        if any(ip in carrier for carrier in _CARRIERS) or ip.scope_id:
            return None
    return ip


def forbidden(ip: IP) -> bool:
    """Never called, whoever allows a network: this machine, its links, many at once, none, metadata services."""
    if ip in METADATA or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved:
        return True
    return isinstance(ip, IPv4Address) and ip in ip_network("0.0.0.0/8")


def is_public(ip: IP) -> bool:
    """Anybody's on the internet."""
    meant = plain(ip)
    if isinstance(meant, IPv6Address) and meant.is_site_local:  # fec0::/10, an older fd00::/8 that routers still know
        return False
    return meant is not None and not forbidden(meant) and meant.is_global
