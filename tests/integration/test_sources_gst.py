"""RTSP against a server that is not ours: GStreamer's, where the system has it."""

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import av
import numpy as np
import pytest

from common.domain.camera import Camera
from common.outbound.check import AddressCheck
from common.outbound.policy import AddressPolicy
from grabber.errors import AuthFailed, StreamNotFound
from grabber.sources.open import open_source
from grabber.sources.source import Reading

PYTHON = "/usr/bin/python3"  # the one that Debian's python3-gi belongs to
CHECK = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert all(Gst.ElementFactory.find(name) for name in ("matroskademux", "h264parse", "rtph264pay"))
"""
USER, PASSWORD = "op", "se/cr@t"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        subprocess.run([PYTHON, "-c", CHECK], check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("gir1.2-gst-rtsp-server-1.0, python3-gi and GStreamer's good and bad plugins are not installed")
    clip = tmp_path_factory.mktemp("gst") / "clip.mkv"
    record(clip)
    script = Path(__file__).with_name("gst_camera.py")
    with subprocess.Popen([PYTHON, str(script), str(clip)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield f"rtsp://127.0.0.1:{int(server.stdout.readline())}/door"
        server.terminate()


def record(path: Path) -> None:
    """A minute of H.264 with a keyframe every four seconds and B-frames, as many cameras send it."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"bf": "2", "g": "40", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)
        for number in range(600):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.roll(noise, number, axis=1), format="rgb24")))
        container.mux(stream.encode(None))


def camera(url: str, username: str = USER, password: str = PASSWORD) -> Camera:
    return Camera(id="cam", name="Door", url=url, username=username, password=password, created_at=datetime.now(UTC))


def test_shots_of_a_foreign_server_are_fresh_and_all_different(url: str) -> None:
    reading, never = Reading(fresh_seconds=0.5), threading.Event()
    with open_source(camera(url), reading) as source:
        pictures = []
        for _ in range(4):
            due = reading.clock() + timedelta(seconds=0.7)
            picture = source.shot(due, stop=never)
            assert picture is not None
            assert reading.clock() - picture.captured_at < timedelta(seconds=3)
            pictures.append(picture)
    assert {(picture.width, picture.height) for picture in pictures} == {(320, 240)}
    assert len({picture.fingerprint for picture in pictures}) == 4
    assert not any(picture.is_corrupt for picture in pictures)


def test_udp_is_taken_when_the_address_asks_for_it(url: str) -> None:
    reading, sockets = Reading(), Path("/proc/net/udp").read_text().count("\n")
    with open_source(camera(url + "#transport=udp"), reading) as source:
        picture = source.shot(reading.clock() + timedelta(seconds=0.5), stop=threading.Event())
        assert Path("/proc/net/udp").read_text().count("\n") > sockets
        assert not source.is_buffered  # what comes while nobody reads would be lost
    assert picture is not None
    assert (picture.width, picture.height) == (320, 240)


@pytest.mark.parametrize("transport", ["tcp", "udp", "http"])
def test_by_every_transport_it_is_seen_that_no_redirect_led_elsewhere(url: str, transport: str) -> None:
    check = AddressCheck(policy=AddressPolicy.from_text(urlsplit(url).netloc))
    with open_source(camera(f"{url}#transport={transport}"), Reading(addresses=check)) as source:
        assert source.codec == "h264"


def test_its_refusals_are_understood(url: str) -> None:
    with pytest.raises(AuthFailed):
        open_source(camera(url, password="wrong"), Reading())
    with pytest.raises((StreamNotFound, AuthFailed)):
        open_source(camera(url + "-elsewhere"), Reading())
