"""Which reverse proxies in front are believed, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from common.errors import InvalidInput

Network = IPv4Network | IPv6Network

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, kw_only=True)
class Proxies:
    """Which to believe, and the headers in which they say who was let in; empty: they do not."""

    trusted: tuple[Network, ...] = LOOPBACK
    user_header: str = ""
    role_header: str = ""  # of Role; without it a user's role is what it is here, a new one's viewer

    def trusts(self, address: str) -> bool:
        """Whether this address is a proxy of ours."""
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self.trusted)


def read_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises InvalidInput."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as exc:
        raise InvalidInput(f"MASKWATCH_TRUSTED_PROXIES: {exc}") from exc
