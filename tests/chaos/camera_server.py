"""Cameras of a test: each answers a request with a new JPEG of one person without a mask, or misbehaves as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import numpy as np
import simplejpeg

from tests.tiny_models import CELL, RED, picture

HANG_SECONDS = 30.0  # longer than any grabber of these tests waits


class Mood(Enum):
    """How a camera answers."""

    GOOD = auto()
    GARBAGE = auto()  # says image/jpeg, sends noise
    HANGING = auto()  # sends half a picture, then nothing, and does not hang up
    GONE = auto()  # hangs up at once


class CameraServer(ThreadingHTTPServer):
    """Cameras by path, `/door.jpg`; every one is good until told otherwise."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Camera)
        self.moods: dict[str, Mood] = {}
        self.enlarged = 1  # how many times as wide and high the pictures are
        self.closing = threading.Event()
        self._numbers = count()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{name}.jpg"

    def next_picture(self) -> bytes:
        """Textured, so that the quality gate has nothing against it, and never twice the same."""
        number = next(self._numbers)
        pixels = picture({(1 + number % 6, 2): RED})
        noise = np.random.default_rng(number).integers(-40, 40, (*pixels.shape[:2], 1))
        wall = np.kron(noise[::8, ::8], np.ones((8, 8, 1), int))
        wall[2 * CELL : 3 * CELL] = 0
        shown = np.clip(pixels + wall, 0, 255).astype(np.uint8)
        return simplejpeg.encode_jpeg(np.kron(shown, np.ones((self.enlarged, self.enlarged, 1), np.uint8)))

    def handle_error(self, request: object, client_address: object) -> None:
        """A grabber that is killed in the middle is no error here."""


class _Camera(BaseHTTPRequestHandler):
    server: CameraServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        mood = self.server.moods.get(self.path.strip("/").removesuffix(".jpg"), Mood.GOOD)
        if mood is Mood.GONE:
            self.close_connection = True
            return
        jpeg = self.server.next_picture()
        if mood is Mood.GARBAGE:
            jpeg = np.random.default_rng(len(jpeg)).bytes(len(jpeg))
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(jpeg)))
        self.end_headers()
        if mood is Mood.HANGING:
            self.wfile.write(jpeg[: len(jpeg) // 2])
            self.server.closing.wait(HANG_SECONDS)
            self.close_connection = True
            return
        self.wfile.write(jpeg)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def serving_cameras() -> Iterator[CameraServer]:
    """Answer until the block ends."""
    with CameraServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()
