"""Which addresses may be connected to: the decision alone, without a resolver."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from common.outbound.kind import Address, Kind, kinds_of, parse

SETTING = "MASKWATCH_ALLOW_ADDRESSES"
LOOPBACK = "loopback"  # the one word among the entries

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_PORT = re.compile(r"(?P<host>\[[^\]]+\]|[^:\[\]]+):(?P<port>\d{1,5})")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """One entry of the setting: a host by its name, or networks (an address is the smallest one)."""

    name: str = ""  # in lower case, without a dot at its end
    networks: tuple[Network, ...] = ()
    port: int | None = None  # None: all

    def covers(self, host: str, port: int, address: Address, *, is_metadata: bool) -> bool:
        """Whether it lets this pass. A metadata service is never meant by a network: it must be named itself."""
        if self.port not in (None, port):
            return False
        if self.name:
            return self.name == _bare(host)
        return any(address in one and (one.num_addresses == 1 or not is_metadata) for one in self.networks)


@dataclass(frozen=True, kw_only=True)
class AddressPolicy:
    """Public and private addresses may be connected to; this machine, link-local, metadata, multicast and reserved
    ones only where an exemption names them."""

    exemptions: tuple[Exemption, ...] = ()
    is_public_only: bool = False  # private networks need an exemption, too
    is_open: bool = False  # everything may be connected to: for what nobody else can reach

    @classmethod
    def from_text(cls, text: str, *, is_public_only: bool = False) -> AddressPolicy:
        """From the setting's hosts, addresses and networks, each maybe with a port. Raises ValueError."""
        entries = tuple(_exemption(part) for part in (piece.strip() for piece in text.split(",")) if part)
        return cls(exemptions=entries, is_public_only=is_public_only)

    def refusal(self, host: str, port: int, address: str) -> str | None:
        """Why `host`, resolved to `address`, must not be connected to; None if it may."""
        if self.is_open:
            return None
        parsed = parse(address)
        bad = next((kind for kind in kinds_of(parsed) if not self._is_harmless(kind)), None)
        if bad is None:
            return None
        is_metadata = bad is Kind.METADATA
        if any(one.covers(host, port, parsed, is_metadata=is_metadata) for one in self.exemptions):
            return None
        return f"{host} is {bad.value}, which is only connected to where {SETTING} names it"

    def _is_harmless(self, kind: Kind) -> bool:
        return kind is Kind.PUBLIC or (kind is Kind.PRIVATE and not self.is_public_only)  # cameras stand there


ANYWHERE = AddressPolicy(is_open=True)


def _exemption(entry: str) -> Exemption:
    if entry.lower() == LOOPBACK:
        return Exemption(networks=_LOOPBACK)
    found = _PORT.fullmatch(entry)
    host, port = (found["host"], int(found["port"])) if found else (entry, None)
    if port is not None and not 0 < port < 65_536:
        raise ValueError(f"{entry!r}: there is no such port")
    try:
        literal = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        return Exemption(networks=(ipaddress.ip_network(literal, strict=False),), port=port)
    except ValueError:
        pass  # no address: then a name
    if not _NAME.fullmatch(_bare(host)) or host.replace(".", "").isdigit():
        raise ValueError(f"{entry!r} is no host, address or network; examples: {LOOPBACK}, 127.0.0.1:8554, 10.9.0.0/16")
    return Exemption(name=_bare(host), port=port)


def _bare(host: str) -> str:
    return host.lower().removesuffix(".")
