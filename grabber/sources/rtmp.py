"""RTMP servers, as MediaMTX and many encoders are."""

from __future__ import annotations

from functools import partial

from common.domain.camera import Camera
from grabber.address import scheme_of, with_login
from grabber.sources.container import ContainerSource, open_container
from grabber.sources.source import Reading
from grabber.sources.target import Target, open_checked
from grabber.sources.trust import tls_options

ANALYSE_MICROSECONDS = 1_000_000  # FLV has no description ahead: codec and size come with the first packets


def open_rtmp(camera: Camera, reading: Reading) -> ContainerSource:
    """Connect by rtmp:// or rtmps://."""
    return open_checked(camera.url, reading.addresses, partial(_open, camera, reading))


def _open(camera: Camera, reading: Reading, target: Target) -> ContainerSource:
    container = open_container(
        with_login(target.url, camera.username, camera.password),
        url=camera.url,
        timeout=reading.timeout,
        options={
            "rtmp_live": "live",
            "analyzeduration": str(ANALYSE_MICROSECONDS),
            "fflags": "+nobuffer",
            **(tls_options(reading) if scheme_of(camera.url) == "rtmps" else {}),
        },
    )
    return ContainerSource(container, url=camera.url, reading=reading, is_buffered=True)
