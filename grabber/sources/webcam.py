"""Cameras of this machine, by Video4Linux."""

from __future__ import annotations

from common.domain.camera import Camera
from grabber.sources.container import ContainerSource, open_container
from grabber.sources.source import Reading


def open_webcam(camera: Camera, reading: Reading) -> ContainerSource:
    """Open /dev/video0 or v4l2:///dev/video0."""
    device = camera.url.removeprefix("v4l2://")
    container = open_container(device, url=camera.url, timeout=reading.timeout, options={}, form="v4l2")
    return ContainerSource(container, url=camera.url, reading=reading)
