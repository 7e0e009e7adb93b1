"""What FFmpeg opens in place of a camera's address: it would resolve the name once more, to whatever it says then."""

from __future__ import annotations

from collections.abc import Callable
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


def open_checked(url: str, addresses: AddressCheck, open_stream: Callable[[str], ContainerSource]) -> ContainerSource:
    """The stream of the first address that answers. Raises AddressRefused, StreamError."""
    *others, last = targets(url, addresses)
    for target in others:
        try:
            return open_stream(target)
        except Unreachable:
            continue
    return open_stream(last)


def targets(url: str, addresses: AddressCheck) -> list[str]:
    """The URL, once for each address of its host. Raises AddressRefused; StreamError for a host that has none."""
    host, port = host_and_port(url, schemes=SCHEMES)
    try:
        found = addresses.addresses(host, port)
    except OSError as exc:
        raise stream_error(Unreachable, redacted(url)) from exc
    return [_pinned(url, address) for address in found] if scheme_of(url) in PINNED else [url]


def _pinned(url: str, address: str) -> str:
    parts = urlsplit(url)
    login, at, _ = parts.netloc.rpartition("@")
    host = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{login}{at}{host}{f':{parts.port}' if parts.port else ''}").geturl()
