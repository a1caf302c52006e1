"""Where notifications may go: hosts that a tenant allows, at addresses of the public internet.

A name is resolved once, every address is checked, and the connection goes to a checked address
itself, so that a name which changes in between (DNS rebinding) leads nowhere.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from telesalud.platform.errors import FieldError, Invalid

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host, for a port. Raises OSError."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""

_SPECIAL = tuple(
    ipaddress.ip_network(each)
    for each in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "100::/64",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
"""Of IANA's registries of special purpose, and site-local addresses of old, which some releases of
Python count as public."""


class AddressRefused(Exception):
    """The target may not be reached; `reason` is a code for the delivery log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_url(url: str, allowed: Sequence[str], *, allow_http: bool = False) -> None:
    """Raise AddressRefused unless `url` is https to an allowed host.

    `allowed` lists hosts, each with `:port` unless 443; `*.example.org` allows any name below.
    `allow_http` is for the local cloud only.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused("malformed_url") from None
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        raise AddressRefused("not_https")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused("malformed_url")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused("malformed_url")
    if not _HOST.fullmatch(host):
        raise AddressRefused("malformed_url")
    standard = 443 if parts.scheme == "https" else 80
    place = host if port in (None, standard) else f"{host}:{port}"
    if not any(_matches(place, pattern) for pattern in allowed):
        raise AddressRefused("host_not_allowed")


def validate_url(url: str, allowed: Sequence[str], *, allow_http: bool = False) -> None:
    """`check_url` for a use case that registers a target: raises Invalid at `/url`."""
    try:
        check_url(url, allowed, allow_http=allow_http)
    except AddressRefused as refused:
        raise Invalid(
            "notifications cannot go to this address",
            [FieldError("/url", refused.reason, "use https and a host that the tenant allows")],
        ) from None


def _matches(place: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return place.endswith(pattern[1:]) and len(place) > len(pattern) - 1
    return place == pattern


def is_public(address: Address) -> bool:
    """Whether `address`, or the IPv4 address that it embeds, belongs to the public internet."""
    inner = _embedded(address)
    if inner is not None:
        return is_public(inner)
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    listed = any(address in each for each in _SPECIAL if each.version == address.version)
    return address.is_global and not special and not listed


def _embedded(address: Address) -> Address | None:
    """The IPv4 address that a mapped, 6to4, Teredo or NAT64 address leads to."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def reachable(host: str, port: int, resolve: Resolve, *, allow_private: bool = False) -> list[str]:
    """The addresses to connect to.

    Raises AddressRefused when the name does not resolve, or when any of its addresses is not
    public: a name that mixes both is an attack, not a mistake.
    """
    try:
        found = [ipaddress.ip_address(text) for text in resolve(host, port)]
    except (OSError, ValueError, UnicodeError):
        raise AddressRefused("not_resolved") from None
    if not found:
        raise AddressRefused("not_resolved")
    if not allow_private and not all(is_public(address) for address in found):
        raise AddressRefused("private_address")
    return [str(address) for address in dict.fromkeys(found)]
