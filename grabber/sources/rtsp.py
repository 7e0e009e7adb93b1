"""RTSP cameras, over TCP: what UDP loses becomes grey pictures and false faces. `#transport=udp` asks for UDP."""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qs, urldefrag

from av.container import InputContainer

from common.domain.camera import Camera
from common.errors import AddressRefused, InvalidInput
from grabber.address import redacted, scheme_of, with_login
from grabber.sources.container import ContainerSource, open_container
from grabber.sources.peers import OPEN_STREAMS
from grabber.sources.source import Reading
from grabber.sources.target import Target, open_checked
from grabber.sources.trust import tls_options

ANALYSE_MICROSECONDS = 500_000  # the SDP says most of it; FFmpeg's default of 5 s delays every connection by as much
TRANSPORTS = ("tcp", "udp", "udp_multicast", "http")  # http: RTSP tunnelled through a proxy
TUNNEL_CONNECTIONS = 2  # one for what the camera sends, one for what it is asked


def open_rtsp(camera: Camera, reading: Reading) -> ContainerSource:
    """Connect by rtsp:// or rtsps://.

    The fragment is go2rtc's way to say it: `rtsp://camera/stream#transport=udp`. A camera never gets to see it.
    """
    url, fragment = urldefrag(camera.url)
    transport = _transport(fragment, camera.url)
    return open_checked(url, reading.addresses, partial(_open, camera, reading, transport))


def _open(camera: Camera, reading: Reading, transport: str, target: Target) -> ContainerSource:
    if reading.addresses.policy.is_open:
        container = _container(camera, reading, transport, target.url)
    else:
        container = _stays(camera, reading, transport, target)
    return ContainerSource(container, url=camera.url, reading=reading, is_buffered=transport in ("tcp", "http"))


def _stays(camera: Camera, reading: Reading, transport: str, target: Target) -> InputContainer:
    """The stream, unless the camera's redirect has led elsewhere. Also with UDP the session is a TCP connection."""
    with OPEN_STREAMS.opening(target.peers, connections=TUNNEL_CONNECTIONS if transport == "http" else 1) as opening:
        container = _container(camera, reading, transport, target.url)
        try:
            OPEN_STREAMS.check(opening, patience_seconds=reading.timeout)
        except AddressRefused:
            container.close()
            raise
    return container


def _container(camera: Camera, reading: Reading, transport: str, url: str) -> InputContainer:
    return open_container(
        with_login(url, camera.username, camera.password),
        url=camera.url,
        timeout=reading.timeout,
        options={
            "rtsp_transport": transport,
            "allowed_media_types": "video+audio",  # no metadata; with video alone a camera without any answers nonsense
            "analyzeduration": str(ANALYSE_MICROSECONDS),
            "fflags": "+nobuffer",
            **(tls_options(reading) if scheme_of(url) == "rtsps" else {}),
        },
    )


def _transport(fragment: str, url: str) -> str:
    transport = parse_qs(fragment).get("transport", ["tcp"])[-1]
    if transport not in TRANSPORTS:
        raise InvalidInput(f"{redacted(url)}: unknown transport {transport!r}; known are {', '.join(TRANSPORTS)}")
    return transport
