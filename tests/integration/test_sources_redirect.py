"""A camera that answers RTSP with a redirect: FFmpeg follows it, we show nothing of what comes from there."""

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from common.domain.camera import Camera
from common.errors import AddressRefused
from common.outbound.check import AddressCheck
from common.outbound.policy import AddressPolicy
from grabber.sources.open import open_source
from grabber.sources.source import Reading
from maskwatch.simulation import RunningCameras, start_camera
from maskwatch.simulation.timeline import WIDTH

NEVER = threading.Event()


@pytest.fixture(scope="module")
def running() -> Iterator[RunningCameras]:
    with start_camera(names=("entrance", "till")) as running:
        yield running


@pytest.fixture
def redirecting(running: RunningCameras) -> Iterator[str]:
    """The address of a camera that sends everybody on to `running`."""
    with socket.create_server(("127.0.0.2", 0)) as server:
        thread = threading.Thread(target=_send_on, args=(server, running.url))
        thread.start()
        yield f"rtsp://127.0.0.2:{server.getsockname()[1]}/live"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def reading(*urls: str) -> Reading:
    """Only these hosts and ports may be connected to."""
    allowed = ",".join(urlsplit(url).netloc for url in urls)
    return Reading(timeout=10, addresses=AddressCheck(policy=AddressPolicy.from_text(allowed)))


def width(url: str, how: Reading) -> int:
    """Of a picture."""
    with open_source(Camera(id="c", name="Door", url=url, created_at=datetime.now(UTC)), how) as source:
        picture = source.shot(how.clock() + timedelta(seconds=0.5), stop=NEVER)
    assert picture is not None
    return picture.width


def test_what_a_redirect_leads_to_is_not_shown(redirecting: str) -> None:
    with pytest.raises(AddressRefused, match="sends on to another address"):
        width(redirecting, reading(redirecting))


def test_without_the_check_it_would_be(redirecting: str) -> None:
    assert width(redirecting, Reading()) == WIDTH


def test_a_connection_that_was_there_before_does_not_cover_it(redirecting: str) -> None:
    parts = urlsplit(redirecting)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))), pytest.raises(AddressRefused):
        width(redirecting, reading(redirecting))


def test_a_camera_that_answers_itself_is_shown_each_time(running: RunningCameras) -> None:
    assert [width(running.url, reading(running.url)) for _ in range(3)] == [WIDTH] * 3


def test_cameras_of_one_host_are_opened_at_once(running: RunningCameras) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda url: width(url, reading(url)), running.urls * 3))
    assert found == [WIDTH] * 6


def _send_on(server: socket.socket, url: str) -> None:
    with suppress(OSError):  # until it is shut
        while True:
            connection, _ = server.accept()
            threading.Thread(target=_answer, args=(connection, url)).start()


def _answer(connection: socket.socket, url: str) -> None:
    with connection, suppress(OSError):
        while asked := connection.recv(4096).decode():
            number = re.findall(r"CSeq: *(\d+)", asked)[0]
            connection.sendall(f"RTSP/1.0 302 Moved\r\nCSeq: {number}\r\nLocation: {url}\r\n\r\n".encode())
