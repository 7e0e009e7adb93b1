"""RTMP against FFmpeg's own server, where the system has it."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common.domain.camera import Camera
from grabber.errors import StreamTimeout, Unreachable
from grabber.probe import probe


@pytest.fixture
def url() -> Iterator[str]:
    """A server that plays ten pictures a second to its first client."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"rtmp://127.0.0.1:{port}/live/door"
    picture = ["-re", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10", "-pix_fmt", "yuv420p"]
    encoder = ["-c:v", "libx264", "-g", "10", "-preset", "ultrafast", "-tune", "zerolatency"]
    command = ["ffmpeg", "-loglevel", "quiet", *picture, *encoder, "-f", "flv", "-listen", "1", url]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as server:
        while f":{port:04X} 00000000:0000 0A" not in Path("/proc/net/tcp").read_text():  # it would serve only one look
            assert server.poll() is None
            time.sleep(0.05)
        yield url
        server.kill()


def camera(url: str) -> Camera:
    return Camera(id="cam", name="Door", url=url, created_at=datetime.now(UTC))


def test_a_probe_says_what_comes_and_what_it_costs(url: str) -> None:
    found = probe(camera(url))
    assert (found.codec, found.width, found.height, found.fps) == ("h264", 160, 120, 10.0)
    assert found.keyframe_interval_seconds == pytest.approx(1.0, abs=0.6)
    assert found.bytes_per_second
    assert found.shot_cpu_ms > 0


def test_its_failures_have_their_own_errors() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # taken, but nobody listens
        with pytest.raises(Unreachable):
            probe(camera(f"rtmp://127.0.0.1:{bound.getsockname()[1]}/x"))
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StreamTimeout):
        probe(camera(f"rtmp://127.0.0.1:{silent.getsockname()[1]}/x"), timeout=1)
