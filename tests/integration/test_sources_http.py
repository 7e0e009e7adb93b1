"""HTTP cameras: a real server that sends stills or Motion JPEG."""

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat

import numpy as np
import pytest
import simplejpeg

from common.domain.camera import Camera
from common.errors import StreamError
from grabber.errors import (
    AuthFailed,
    CodecUnsupported,
    NoVideo,
    PictureUnreadable,
    StreamEnded,
    StreamNotFound,
    StreamTimeout,
    TlsFailed,
    Unreachable,
)
from grabber.probe import probe
from grabber.sources.open import open_source
from grabber.sources.source import Reading

NEVER = threading.Event()
BASIC = "Basic " + b64encode(b"op:s@crt").decode()


def jpeg(number: int) -> bytes:
    pixels = np.full((90, 160, 3), 20 * number, np.uint8)
    pixels[::2] = 255
    return simplejpeg.encode_jpeg(pixels)


class Camcorder(BaseHTTPRequestHandler):
    """A camera's web server; each path behaves in one way."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/still.jpg":
            self._send("image/jpeg", jpeg(3))
        elif path == "/locked.jpg":
            self._locked()
        elif path == "/video.mjpg":
            self._send_motion(endless=True)
        elif path == "/short.mjpg":
            self._send_motion(endless=False)
        elif path == "/page":
            self._send("text/html", b"<html>")
        elif path == "/film":
            self._send("video/mp4", b"ftyp")
        elif path == "/broken.jpg":
            self._send("image/jpeg", b"\xff\xd8 not really")
        elif path == "/slow.jpg":
            self.server.slow.wait(10)  # type: ignore[attr-defined]
        else:
            self.send_error(503 if path == "/busy" else 404)

    def log_message(self, format: str, *args: object) -> None: ...

    def _locked(self) -> None:
        if self.headers.get("Authorization") == BASIC:
            self._send("image/jpeg", jpeg(4))
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_motion(self, *, endless: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        number = 0
        while number < 3 or (endless and not self.server.slow.is_set()):  # type: ignore[attr-defined]
            number += 1
            body = jpeg(number % 10)
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + body + b"\r\n")
            except OSError:
                return
            self.server.slow.wait(0.02)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Camcorder)
    server.slow = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.slow.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


def camera(url: str, **changes: object) -> Camera:
    return replace(Camera(id="cam", name="Door", url=url, created_at=datetime.now(UTC)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/still.jpg", "/video.mjpg"])
def test_pictures_are_taken_as_the_camera_encoded_them(base: str, path: str) -> None:
    reading = Reading()
    with open_source(camera(base + path), reading) as source:
        for _ in range(3):
            due = reading.clock()
            picture = source.shot(due, stop=NEVER)
            assert picture is not None
            assert picture.captured_at >= due
            assert picture.jpeg in [jpeg(number) for number in range(10)]
            assert (picture.width, picture.height, source.codec) == (160, 90, "mjpeg")


def test_a_clock_set_back_holds_up_no_motion_stream(base: str) -> None:
    began = datetime.now(UTC)
    readings = chain([began], repeat(began - timedelta(hours=1)))  # the clock is set back while the shot waits
    gives_up = threading.Event()
    patience = threading.Timer(20, gives_up.set)
    patience.start()
    with open_source(camera(base + "/video.mjpg"), Reading(clock=readings.__next__)) as source:
        assert source.shot(began + timedelta(seconds=0.1), stop=gives_up) is not None
    patience.cancel()


def test_a_stopped_shot_gives_nothing(base: str) -> None:
    stop = threading.Event()
    stop.set()
    for path in ("/still.jpg", "/video.mjpg"):
        with open_source(camera(base + path), Reading()) as source:
            assert source.shot(datetime.now(UTC), stop=stop) is None


def test_a_login_is_given_when_asked_for(base: str) -> None:
    assert probe(camera(base + "/locked.jpg", username="op", password="s@crt")).still == jpeg(4)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/locked.jpg", AuthFailed),
        ("/nothing", StreamNotFound),
        ("/busy", Unreachable),
        ("/page", NoVideo),
        ("/film", CodecUnsupported),
        ("/broken.jpg", PictureUnreadable),
        ("/slow.jpg", StreamTimeout),
    ],
)
def test_what_goes_wrong_has_its_own_error(base: str, path: str, error: type[StreamError]) -> None:
    with pytest.raises(error) as caught:
        probe(camera(base + path + "?password=hush", username="op", password="wrong"), timeout=1)
    assert "hush" not in str(caught.value)


def test_a_stream_that_ends_says_so(base: str) -> None:
    with open_source(camera(base + "/short.mjpg"), Reading()) as source:
        for _ in range(3):
            assert source.shot(datetime.now(UTC), stop=NEVER) is not None
        with pytest.raises(StreamEnded):
            source.shot(datetime.now(UTC), stop=NEVER)


def test_a_dead_port_is_unreachable_and_a_server_without_tls_a_tls_error(base: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            probe(camera(f"http://127.0.0.1:{bound.getsockname()[1]}/"))
    with pytest.raises(TlsFailed):
        probe(camera(base.replace("http://", "https://")))
