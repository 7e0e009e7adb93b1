"""ONVIF against a device on a loop-back port, whose streams the simulated camera plays."""

import socket
import traceback
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest
from onvif_camera import OnvifCamera, serving

from common.domain.camera import Camera
from common.errors import StreamError
from grabber.errors import AuthFailed, NotOnvif, StreamNotFound, StreamTimeout, Unreachable
from grabber.onvif import OnvifDevice
from grabber.onvif_soap import Login, parse
from grabber.probe import probe
from maskwatch.simulation import RunningCameras, start_camera


@pytest.fixture(scope="module")
def running() -> Iterator[RunningCameras]:
    with start_camera(username="op", password="s&crt") as running:
        yield running


@pytest.fixture
def device(running: RunningCameras) -> Iterator[OnvifCamera]:
    """It names its streams by an address that only it can reach."""
    stream = running.url.replace("127.0.0.1", "10.99.0.7")
    streams = {"main": stream, "odd": "file:///etc/passwd", "lost": stream + "-of-another-house"}
    with serving(OnvifCamera(streams=streams)) as device:
        yield device


def camera(device: OnvifCamera, path: str = "", **changes: object) -> Camera:
    made = Camera(
        id="cam",
        name="Door",
        url=f"onvif://{device.netloc}{path}",
        username=device.username,
        password=device.password,
        created_at=datetime.now(UTC),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["", "/", "/main", "/main-name"])
def test_a_profile_becomes_its_stream(device: OnvifCamera, path: str) -> None:
    assert probe(camera(device, path)).codec == "h264"


@pytest.mark.parametrize("ahead", [timedelta(days=-2000), timedelta(hours=3)])
def test_a_device_whose_clock_is_wrong_is_signed_for_by_its_own_time(device: OnvifCamera, ahead: timedelta) -> None:
    device.ahead = ahead
    assert probe(camera(device)).codec == "h264"


def test_a_device_that_wants_http_s_own_digest_gets_it(device: OnvifCamera) -> None:
    device.wants_http_digest = True
    assert probe(camera(device)).codec == "h264"


@pytest.mark.parametrize(
    ("path", "changes", "error"),
    [
        ("", {"password": "wr0ng!"}, AuthFailed),
        ("", {"username": None}, AuthFailed),
        ("/elsewhere", {}, StreamNotFound),
        ("/lost", {}, StreamNotFound),
        ("/odd", {}, StreamNotFound),  # a camera must not make us read our own files
    ],
)
def test_what_goes_wrong_has_its_own_error(
    device: OnvifCamera, path: str, changes: dict[str, object], error: type[StreamError]
) -> None:
    with pytest.raises(error) as caught:
        probe(camera(device, path, **changes))
    said = "".join(traceback.format_exception(caught.value))
    assert "wr0ng" not in said
    assert "s&crt" not in said


def test_what_is_no_onvif_device_says_so() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        with pytest.raises(NotOnvif, match="ONVIF is switched on"):
            probe(camera(OnvifCamera(netloc=f"127.0.0.1:{server.server_port}")))
        server.shutdown()
        thread.join()


def test_nobody_there_and_nothing_said_are_told_apart() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            probe(camera(OnvifCamera(netloc=f"127.0.0.1:{bound.getsockname()[1]}")))
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StreamTimeout):
        probe(camera(OnvifCamera(netloc=f"127.0.0.1:{silent.getsockname()[1]}")), timeout=1)


def test_profiles_can_be_added_as_cameras(device: OnvifCamera) -> None:
    with httpx.Client() as client:
        login = Login(username=device.username, password=device.password)
        asked = OnvifDevice(f"onvif://{device.netloc}", client=client, login=login)
        assert asked.model() == "Acme Eye 2"
        found = asked.found_profile(asked.profiles()[0])
    assert (found.name, found.codec, found.width, found.height) == ("main-name", "H264", 1920, 1080)
    assert probe(camera(device, url=found.url)).codec == "h264"


def test_the_token_is_that_of_the_specification_s_own_example() -> None:
    """ONVIF Application Programmer's Guide 1.0 (2011), 6.1.1.3."""
    nonce = b64decode("LKqI6G/AikKCQrN0zqZFlg==")
    login = Login(username="user", password="userpassword")
    token = login.token(created=datetime(2010, 9, 16, 7, 50, 45, tzinfo=UTC), nonce=nonce)
    assert ">tuOSpGlFlIXsozq4HFNeeGeFLEI=<" in token
    assert "userpassword" not in token


def test_an_answer_with_a_document_type_is_not_read() -> None:
    assert parse(b"<!DOCTYPE x [<!ENTITY a 'b'>]><s:Envelope xmlns:s='x'>&a;</s:Envelope>") is None
    assert parse(b"<s:Envelope xmlns:s='x'/>") is not None
