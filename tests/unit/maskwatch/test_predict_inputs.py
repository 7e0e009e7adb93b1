"""Pictures and videos out of files, folders, the web and standard input."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import numpy as np
import pytest

from maskwatch.predict.inputs import Input, find_sources, read_inputs

MAX_BYTES = 1000


def _read(source: str, *, max_bytes: int = MAX_BYTES) -> list[Input]:
    return list(read_inputs(source, max_bytes=max_bytes))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of grey, 10 frames each; its index is at its end, as cameras write it."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in range(20):
            picture = np.full((48, 64, 3), 10 * level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def site(clip: Path) -> Iterator[str]:
    """Sends whole files only, as simple servers do."""

    files = {
        "/clip.mp4": ("video/mp4", clip.read_bytes()),
        "/watch": ("video/mp4", clip.read_bytes()),
        "/poster.mp4": ("image/jpeg", b"small"),
        "/small.jpg": ("image/jpeg", b"small"),
        "/large.jpg": ("image/jpeg", bytes(MAX_BYTES + 1)),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            media_type, data = files[self.path.partition("?")[0]]
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_folder_is_searched_at_every_depth_and_what_is_no_picture_passed_over(tmp_path: Path) -> None:
    for name in ("b.JPG", "deep/er/a.webp", "deep/clip.mov", "notes.txt", "deep/old.gif", ".hidden"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.jpg").mkdir()
    found = find_sources([str(tmp_path), "missing.gif"])
    assert found == [str(tmp_path / name) for name in ("b.JPG", "deep/clip.mov", "deep/er/a.webp")] + ["missing.gif"]


def test_frames_have_their_time_and_how_much_of_the_video_was_played(clip: Path) -> None:
    frames = _read(str(clip))
    assert [given.frame for given in frames] == list(range(0, 20, 2))
    assert [given.seconds for given in frames] == pytest.approx([0.2 * number for number in range(10)])
    assert [given.share for given in frames] == pytest.approx([0.1 * number for number in range(10)])


@pytest.mark.parametrize("path", ["clip.mp4", "clip.mp4?token=1", "watch"])
def test_a_video_of_the_web_needs_no_server_that_sends_parts(site: str, path: str) -> None:
    frames = _read(f"{site}/{path}")
    assert [given.error for given in frames] == [None] * 10
    assert {given.source for given in frames} == {f"{site}/{path}"}


@pytest.mark.parametrize("path", ["small.jpg", "poster.mp4"])
def test_a_picture_of_the_web_is_what_the_server_says_it_is(site: str, path: str) -> None:
    (given,) = _read(f"{site}/{path}")
    assert (given.data, given.error) == (b"small", None)


def test_a_server_that_is_not_there_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # free again once the socket is closed
    (given,) = read_inputs(f"http://127.0.0.1:{port}/a.jpg", max_bytes=1000)
    assert given.error == "the address cannot be read: Connection refused"


def test_what_is_too_large_is_not_read_whole(tmp_path: Path, site: str) -> None:
    (tmp_path / "large.jpg").write_bytes(bytes(MAX_BYTES + 1))
    for source in (str(tmp_path / "large.jpg"), f"{site}/large.jpg"):
        (given,) = _read(source)
        assert given.error is not None
        assert "more than the 1,000 bytes allowed" in given.error


def test_a_picture_may_come_by_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a picture")))
    assert _read("-") == [Input(source="-", data=b"a picture")]


def test_a_camera_s_address_is_sent_to_the_right_command() -> None:
    (given,) = _read("rtsp://127.0.0.1/entrance")
    assert given.error is not None
    assert "maskwatch up --source" in given.error
