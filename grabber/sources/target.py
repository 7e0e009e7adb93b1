"""What FFmpeg opens in place of a camera's address: it would resolve the name once more, to whatever it says then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from common.outbound.check import AddressCheck, host_and_port
from grabber.address import redacted, scheme_of
from grabber.errors import Unreachable, stream_error
from grabber.sources.container import ContainerSource

# Only RTSP says the same to an address as to a name. The others keep the name: over TLS the certificate is checked
# against it, and servers of RTMP choose by it. What they lead to was checked a moment ago, which a name that changes
# its answer within that moment gets around: as far as a TLS handshake, or RTMP's first bytes, which are random.
PINNED = ("rtsp",)
SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps")


@dataclass(frozen=True, kw_only=True)
class Target:
    """One thing to try."""

    url: str
    peers: frozenset[tuple[str, int]]  # the checked addresses that it may lead to, with the port


def open_checked(
    url: str, addresses: AddressCheck, open_stream: Callable[[Target], ContainerSource]
) -> ContainerSource:
    """The stream of the first address that answers. Raises AddressRefused, StreamError."""
    *others, last = targets(url, addresses)
    for target in others:
        try:
            return open_stream(target)
        except Unreachable:
            continue
    return open_stream(last)


def targets(url: str, addresses: AddressCheck) -> list[Target]:
    """The URL, once for each address of its host. Raises AddressRefused; StreamError for a host that has none."""
    host, port = host_and_port(url, schemes=SCHEMES)
    try:
        found = addresses.addresses(host, port)
    except OSError as exc:
        raise stream_error(Unreachable, redacted(url)) from exc
    if scheme_of(url) not in PINNED:
        return [Target(url=url, peers=frozenset((address, port) for address in found))]
    return [Target(url=_pinned(url, address), peers=frozenset({(address, port)})) for address in found]


def _pinned(url: str, address: str) -> str:
    parts = urlsplit(url)
    login, at, _ = parts.netloc.rpartition("@")
    host = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{login}{at}{host}{f':{parts.port}' if parts.port else ''}").geturl()
