"""The URL chooses the source."""

from __future__ import annotations

from collections.abc import Callable

from common.domain.camera import Camera
from common.domain.sealed import UNREADABLE, WHY_UNREADABLE
from common.errors import InvalidInput
from grabber.address import redacted, scheme_of
from grabber.sources.source import Reading, Source

OpenSource = Callable[[Camera, Reading], Source]


def open_source(camera: Camera, reading: Reading) -> Source:
    """Connect to the camera.

    Raises InvalidInput for an unknown scheme or a sealed address, StreamError when the stream cannot be opened.
    """
    if camera.url == UNREADABLE:
        raise InvalidInput(WHY_UNREADABLE)
    opener = SOURCES.get(scheme_of(camera.url))
    if opener is None:
        known = ", ".join(f"{scheme}://" for scheme in SOURCES)
        raise InvalidInput(f"{redacted(camera.url)}: unknown kind of address; known are {known}, and paths")
    return opener(camera, reading)


def _rtsp(camera: Camera, reading: Reading) -> Source:
    from grabber.sources.rtsp import open_rtsp

    return open_rtsp(camera, reading)


def _http(camera: Camera, reading: Reading) -> Source:
    from grabber.sources.http import open_http

    return open_http(camera, reading)


def _rtmp(camera: Camera, reading: Reading) -> Source:
    from grabber.sources.rtmp import open_rtmp

    return open_rtmp(camera, reading)


def _onvif(camera: Camera, reading: Reading) -> Source:
    from grabber.sources.onvif import open_onvif

    return open_onvif(camera, reading)


def _file(camera: Camera, reading: Reading) -> Source:
    from grabber.sources.file import open_file

    return open_file(camera, reading)


def _webcam(camera: Camera, reading: Reading) -> Source:
    from grabber.sources.webcam import open_webcam

    return open_webcam(camera, reading)


SOURCES: dict[str, OpenSource] = {
    "rtsp": _rtsp,
    "rtsps": _rtsp,
    "http": _http,
    "https": _http,
    "rtmp": _rtmp,
    "rtmps": _rtmp,
    "onvif": _onvif,
    "file": _file,
    "v4l2": _webcam,
}
