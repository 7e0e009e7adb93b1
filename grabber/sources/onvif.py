"""ONVIF cameras: the profile that is asked for becomes a stream's address, each time the camera is connected."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urldefrag

from common.domain.camera import Camera
from common.outbound.http import checked_client
from grabber.onvif import OnvifDevice, profile_of
from grabber.onvif_soap import Login
from grabber.sources.open import open_source
from grabber.sources.source import Reading, Source
from grabber.sources.trust import tls_context


def open_onvif(camera: Camera, reading: Reading) -> Source:
    """Resolve onvif://host[:port][/profile], then open the stream with the same login.

    A fragment (`#transport=udp`) is the stream's.
    """
    url, fragment = urldefrag(camera.url)
    login = Login(username=camera.username, password=camera.password or "") if camera.username else None
    with checked_client(reading.addresses, timeout=reading.timeout, verify=tls_context(reading)) as client:
        device = OnvifDevice(url, client=client, login=login, clock=reading.clock)
        stream = device.stream_url(device.find(profile_of(url)))
    return open_source(replace(camera, url=f"{stream}#{fragment}" if fragment else stream), reading)
