"""RTSP against a real server in a process of its own."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import simplejpeg

from common.domain.camera import Camera
from common.errors import InvalidInput, StreamError
from grabber.errors import (
    AuthFailed,
    CodecUnsupported,
    NoVideo,
    StreamEnded,
    StreamNotFound,
    StreamTimeout,
    TlsFailed,
    TransportRefused,
    Unreachable,
)
from grabber.probe import probe
from grabber.sources.container import NAP_SECONDS
from grabber.sources.open import open_source
from grabber.sources.source import Reading, Source
from maskwatch.simulation import RunningCameras, start_camera
from maskwatch.simulation.server import RtspServer
from maskwatch.simulation.stage import Stage
from maskwatch.simulation.timeline import HEIGHT, WIDTH
from tests.rtsp_audio import AudioStream

USER, PASSWORD = "op@x", "p:/ ä%?#w"
NEVER = threading.Event()


def camera(url: str, **changes: object) -> Camera:
    return replace(Camera(id="cam", name="Door", url=url, created_at=datetime.now(UTC)), **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningCameras]:
    with start_camera(names=("entrance", "till")) as running:
        yield running


@pytest.fixture(scope="module", params=["basic", "digest"])
def locked(request: pytest.FixtureRequest) -> Iterator[RunningCameras]:
    with start_camera(username=USER, password=PASSWORD, auth=request.param) as running:
        yield running


def test_another_player_can_play_it(running: RunningCameras) -> None:
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is not installed")
    command = ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_streams", "-of", "json", running.url]
    (stream,) = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("h264", WIDTH, HEIGHT)
    assert stream["avg_frame_rate"] == "8/1"


def test_a_probe_says_what_comes_and_shows_a_still(running: RunningCameras) -> None:
    found = probe(camera(running.url))
    assert (found.codec, found.width, found.height, found.fps) == ("h264", WIDTH, HEIGHT, 8.0)
    assert found.keyframe_interval_seconds == pytest.approx(1.0, abs=0.6)
    assert found.shot_cpu_ms > 0
    assert found.bytes_per_second
    assert simplejpeg.decode_jpeg_header(found.still)[:2] == (HEIGHT, WIDTH)


def test_a_shot_shows_the_scene_of_its_capture_time(running: RunningCameras) -> None:
    reading = Reading()
    with open_source(camera(running.url), reading) as source:
        due = reading.clock() + timedelta(seconds=1)
        picture = source.shot(due, stop=NEVER)
    assert picture is not None
    assert due - timedelta(seconds=1.2) <= picture.captured_at <= reading.clock()
    shown = simplejpeg.decode_jpeg(picture.jpeg, colorspace="RGB").astype(float)
    expected = _rgb(Stage(running.scene).picture(picture.captured_at))
    assert np.abs(shown - expected).mean() < 6  # sensor noise and compression; a second off or wrong colours are more


class Rests(threading.Event):
    """Remembers how long it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout or 0.0)
        return super().wait(timeout)


def test_a_reader_that_has_caught_up_rests_and_its_pictures_are_of_their_moment(running: RunningCameras) -> None:
    reading, stop = Reading(fresh_seconds=0.1), Rests()
    with open_source(camera(running.url), reading) as source:
        for _ in range(3):
            due = reading.clock() + timedelta(seconds=1)
            picture = source.shot(due, stop=stop)
            assert picture is not None
            assert due - timedelta(seconds=0.4) <= picture.captured_at <= reading.clock()
    assert stop.seconds
    assert max(stop.seconds) <= NAP_SECONDS


def test_several_clients_and_cameras_are_served_at_once(running: RunningCameras) -> None:
    reading = Reading()
    with (
        open_source(camera(running.urls[0]), reading) as first,
        open_source(camera(running.urls[0]), reading) as second,
        open_source(camera(running.urls[1]), reading) as third,
    ):
        due = reading.clock()
        pictures = [source.shot(due, stop=NEVER) for source in (first, second, third)]
    assert all(picture is not None and picture.contrast > 10 for picture in pictures)


def test_a_stopped_shot_gives_nothing(running: RunningCameras) -> None:
    stop = threading.Event()
    stop.set()
    with open_source(camera(running.url), Reading()) as source:
        assert source.shot(datetime.now(UTC), stop=stop) is None


def test_a_login_with_every_awkward_character_is_accepted(locked: RunningCameras) -> None:
    assert probe(camera(locked.url, username=USER, password=PASSWORD)).codec == "h264"


@pytest.mark.parametrize("login", [{}, {"username": USER, "password": "wr0ng!"}])
def test_a_wrong_or_missing_login_is_auth_failed_and_never_shown(locked: RunningCameras, login: dict[str, str]) -> None:
    with pytest.raises(AuthFailed) as caught:
        probe(camera(locked.url, **login))
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__cause__)
    assert caught.value.code == "auth_failed"
    assert "wr0ng" not in said
    assert caught.value.__context__ is None  # FFmpeg's own error holds the login


def test_a_wrong_path_is_not_found(running: RunningCameras) -> None:
    with pytest.raises(StreamNotFound):
        probe(camera(running.url + "-of-another-house"))


def test_a_dead_port_is_unreachable() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # taken, but nobody listens
        with pytest.raises(Unreachable):
            probe(camera(f"rtsp://127.0.0.1:{bound.getsockname()[1]}/x"))


def test_a_server_that_says_nothing_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StreamTimeout):
        probe(camera(f"rtsp://127.0.0.1:{silent.getsockname()[1]}/x"), timeout=1)


def test_what_speaks_no_rtsp_is_no_camera() -> None:
    with _greeting(b"SSH-2.0-OpenSSH_9.2\r\n") as port, pytest.raises(StreamError) as caught:
        probe(camera(f"rtsp://127.0.0.1:{port}/x"), timeout=5)
    assert caught.value.code in (CodecUnsupported.code, StreamEnded.code, Unreachable.code)


def test_a_server_without_tls_is_a_tls_error() -> None:
    with _greeting(b"RTSP/1.0 400 Bad Request\r\n\r\n") as port, pytest.raises(TlsFailed):
        probe(camera(f"rtsps://127.0.0.1:{port}/x"), timeout=5)


def test_a_stream_with_sound_alone_has_no_video() -> None:
    with _serving(RtspServer(("127.0.0.1", 0), {"sound": AudioStream()})) as server, pytest.raises(NoVideo):
        probe(camera(f"rtsp://127.0.0.1:{server.port}/sound"), timeout=5)


def test_an_unknown_transport_names_the_known_ones(running: RunningCameras) -> None:
    with pytest.raises(InvalidInput, match=r"'pigeon'.*tcp, udp"):
        open_source(camera(running.url + "#transport=pigeon"), Reading())


def test_a_camera_that_has_only_tcp_refuses_udp(running: RunningCameras) -> None:
    with pytest.raises(TransportRefused, match="#transport"):
        open_source(camera(running.url + "#transport=udp"), Reading(timeout=5))


def test_an_unknown_scheme_names_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match=r"rtsp://.*http://.*file://.*v4l2://"):
        open_source(camera("gopher://op:secret@cam/"), Reading())


def test_a_camera_that_goes_away_ends_the_stream() -> None:
    with start_camera() as gone, open_source(camera(gone.url), Reading(timeout=5)) as source:
        assert source.shot(datetime.now(UTC), stop=NEVER) is not None
        gone.process.kill()
        with pytest.raises(StreamError) as caught:
            _read_on(source)
    assert caught.value.code in (StreamEnded.code, StreamTimeout.code)


def test_only_tcp_is_offered(running: RunningCameras) -> None:
    setup = (
        f"SETUP {running.url}/track0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n"
    )
    assert _ask(running.url, setup).startswith("RTSP/1.0 461 ")


def test_a_request_that_is_none_gets_an_answer(running: RunningCameras) -> None:
    assert _ask(running.url, "nonsense\r\n\r\n").startswith("RTSP/1.0 400 ")
    assert _ask(running.url, f"RECORD {running.url} RTSP/1.0\r\nCSeq: 1\r\n\r\n").startswith("RTSP/1.0 501 ")
    assert _ask(running.url, f"PLAY {running.url} RTSP/1.0\r\nCSeq: 1\r\n\r\n").startswith("RTSP/1.0 454 ")


def test_the_simulation_ends_with_the_process_that_started_it() -> None:
    code = (
        "import sys, time\nfrom maskwatch.simulation import start_camera\n"
        "camera = start_camera()\nprint(camera.process.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    for _ in range(1000):
        if not _is_running(child):
            break
        NEVER.wait(0.02)
    assert not _is_running(child)


def _rgb(planes: np.ndarray) -> np.ndarray:
    import cv2

    return cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420).astype(float)


def _ask(url: str, request: str) -> str:
    host, _, port = url.removeprefix("rtsp://").partition("/")[0].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        return connection.recv(4096).decode()


def _is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def _greeting(words: bytes) -> Iterator[int]:
    """The port of a server that greets everybody the same way, and hangs up."""

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(words)

    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@contextmanager
def _serving(server: RtspServer) -> Iterator[RtspServer]:
    """Run a server of this process."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _read_on(source: Source) -> None:
    while True:
        source.shot(datetime.now(UTC), stop=NEVER)
