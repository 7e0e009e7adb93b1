"""What an IP address stands for: somebody's public server, a machine of the LAN, or what nobody outside may reach."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

Address = IPv4Address | IPv6Address


class Kind(StrEnum):
    """In words that fit behind "it is"."""

    PUBLIC = "a public address"
    PRIVATE = "an address of a private network"
    LOOPBACK = "this machine itself"
    METADATA = "a cloud's metadata service"  # it hands out credentials to whoever asks
    LINK_LOCAL = "a link-local address"
    UNSPECIFIED = "no address of a machine"  # 0.0.0.0: Linux connects to itself
    MULTICAST = "a multicast address"
    RESERVED = "a reserved address"


# Of AWS, Azure, GCP, Oracle and most others; ECS; AWS and GCP by IPv6; Alibaba; Oracle Classic; Azure's host; Scaleway.
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254",
        "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:42::42",
    )
)  # fmt: skip
THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")  # RFC 1122, 3.2.1.3
NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291, 2.5.5.1
ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214, 6.1: third quarter of the address


def parse(text: str) -> Address:
    """An address as a resolver gives it: an IPv6 one may name its interface (`fe80::1%eth0`). Raises ValueError."""
    return ipaddress.ip_address(text.partition("%")[0])


def kinds_of(address: Address) -> list[Kind]:
    """Of the address, and of every IPv4 address inside it: some system on the way may connect to those."""
    inside = _embedded(address)
    # These two are only another way to write what is inside.
    is_carrier = isinstance(address, IPv6Address) and (address.ipv4_mapped is not None or _is_in(address, NAT64))
    return [_kind(each) for each in (inside if is_carrier else [address, *inside])]


def _kind(address: Address) -> Kind:
    if address in METADATA:
        return Kind.METADATA
    if address.is_loopback:
        return Kind.LOOPBACK
    if address.is_unspecified or address in THIS_NETWORK:
        return Kind.UNSPECIFIED
    if address.is_multicast:
        return Kind.MULTICAST
    if address.is_link_local:
        return Kind.LINK_LOCAL
    if address.is_reserved:
        return Kind.RESERVED
    is_local = isinstance(address, IPv6Address) and address.is_site_local  # RFC 3879: no longer given out, still in use
    return Kind.PUBLIC if address.is_global and not is_local else Kind.PRIVATE


def _embedded(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return []
    last = IPv4Address(address.packed[-4:])
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if _is_in(address, NAT64) or int.from_bytes(address.packed[8:12], "big") in ISATAP:
        found.append(last)
    if address in COMPATIBLE and int(address) > 1:  # :: and ::1 are none
        found.append(last)
    return [one for one in found if one is not None]


def _is_in(address: IPv6Address, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    return any(address in network for network in networks)
