"""RTSP cameras, over TCP: what UDP loses becomes grey pictures and false faces."""

from __future__ import annotations

from common.domain.camera import Camera
from grabber.address import with_login
from grabber.sources.container import ContainerSource, open_container
from grabber.sources.source import Reading

ANALYSE_MICROSECONDS = 500_000  # the SDP says most of it; FFmpeg's default of 5 s delays every connection by as much


def open_rtsp(camera: Camera, reading: Reading) -> ContainerSource:
    """Connect by rtsp:// or rtsps://."""
    container = open_container(
        with_login(camera.url, camera.username, camera.password),
        url=camera.url,
        timeout=reading.timeout,
        options={
            "rtsp_transport": "tcp",
            "allowed_media_types": "video+audio",  # no metadata; with video alone a camera without any answers nonsense
            "analyzeduration": str(ANALYSE_MICROSECONDS),
            "fflags": "+nobuffer",
        },
    )
    return ContainerSource(container, url=camera.url, reading=reading)
