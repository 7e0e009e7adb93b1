"""Files from addresses that strangers name: which hosts are asked, and what may go wrong there."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from common.errors import AddressRefused
from common.outbound.policy import ANYWHERE, AddressPolicy
from model_api.errors import FetchFailed, VideoTooLarge
from model_api.fetch import PUBLIC_ONLY, FetchLimits, fetch

CONTENT = bytes(range(256)) * 40


class Shelf(BaseHTTPRequestHandler):
    """Answers by path; remembers under which name it was asked."""

    asked: list[str | None]
    hold: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.headers["Host"])
        answer: Callable[[], None] = getattr(self, f"_{self.path.strip('/').split('/')[0]}")
        answer()

    def _file(self) -> None:
        self._head(200, {"Content-Length": str(len(CONTENT))})
        self.wfile.write(CONTENT)

    def _unannounced(self) -> None:
        self._head(200, {})
        self.wfile.write(CONTENT)

    def _missing(self) -> None:
        self._head(404, {"Content-Length": "0"})

    def _again(self) -> None:
        """Redirect to where the path says, or so many times to itself and then to the file."""
        left = int(self.path.rsplit("/", 1)[1])
        self._head(302, {"Location": f"/again/{left - 1}" if left else "/file", "Content-Length": "0"})

    def _inside(self) -> None:
        self._head(307, {"Location": f"http://127.0.0.2:{self.server.server_address[1]}/file", "Content-Length": "0"})

    def _elsewhere(self) -> None:
        self._head(301, {"Location": "file:///etc/passwd", "Content-Length": "0"})

    def _silent(self) -> None:
        self.hold.wait(30)

    def _stuck(self) -> None:
        self._head(200, {"Content-Length": str(len(CONTENT))})
        self.wfile.write(CONTENT[:10])
        self.hold.wait(30)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _shelf() -> Iterator[tuple[str, type[Shelf]]]:
    class OwnShelf(Shelf):
        """With a memory of its own."""

    OwnShelf.asked, OwnShelf.hold = [], threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), OwnShelf)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", OwnShelf
    finally:
        OwnShelf.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def shelf() -> Iterator[tuple[str, type[Shelf]]]:
    with _shelf() as opened:
        yield opened


def _fetch(
    url: str,
    *,
    max_bytes: int = 1_000_000,
    seconds: float = 20,
    policy: AddressPolicy = ANYWHERE,
    addresses: Sequence[str] | None = None,
) -> bytes:
    """What is at the address; `addresses`: those that every host has."""

    async def run() -> None:
        limits = FetchLimits(max_bytes=max_bytes, seconds=seconds, policy=policy)
        if addresses is None:
            await fetch(url, file, limits=limits)
        else:
            await fetch(url, file, limits=limits, resolve=resolve)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return list(addresses or ())

    file = io.BytesIO()
    asyncio.run(run())
    return file.getvalue()


@pytest.mark.parametrize("path", ["file", "unannounced", "again/0", "again/4"])
def test_a_file_comes_whole(shelf: tuple[str, type[Shelf]], path: str) -> None:
    url, _ = shelf
    assert _fetch(f"{url}/{path}") == CONTENT


def test_the_checked_address_is_the_one_that_is_asked_under_the_name(shelf: tuple[str, type[Shelf]]) -> None:
    url, seen = shelf
    port = url.rsplit(":", 1)[1]
    policy = AddressPolicy.from_text(f"127.0.0.1:{port}")
    assert _fetch(f"http://cinema.example:{port}/file", policy=policy, addresses=["127.0.0.1"]) == CONTENT
    assert seen.asked == [f"cinema.example:{port}"]


def test_the_next_address_is_taken_where_one_cannot_be_connected_to(shelf: tuple[str, type[Shelf]]) -> None:
    url, _ = shelf
    port = url.rsplit(":", 1)[1]
    assert _fetch(f"http://cinema.example:{port}/file", addresses=["127.0.0.9", "127.0.0.1"]) == CONTENT


def test_one_address_inside_refuses_the_host() -> None:
    with pytest.raises(AddressRefused, match="is an address of a private network"):
        _fetch("http://cinema.example/", policy=PUBLIC_ONLY, addresses=["93.184.215.14", "10.0.0.1"])


def test_a_redirect_is_checked_like_the_first_address(shelf: tuple[str, type[Shelf]]) -> None:
    url, seen = shelf
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2 is this machine itself"):
        _fetch(f"{url}/inside", policy=AddressPolicy.from_text("127.0.0.1"))
    assert len(seen.asked) == 1
    with pytest.raises(AddressRefused, match="only addresses of http"):
        _fetch(f"{url}/elsewhere")


def test_redirects_end(shelf: tuple[str, type[Shelf]]) -> None:
    url, seen = shelf
    with pytest.raises(FetchFailed, match="redirects more than 5 times"):
        _fetch(f"{url}/again/9")
    assert len(seen.asked) == 6


@pytest.mark.parametrize("path", ["file", "unannounced"])
def test_a_file_over_the_limit_is_refused(shelf: tuple[str, type[Shelf]], path: str) -> None:
    url, _ = shelf
    with pytest.raises(VideoTooLarge, match="more than the 100 bytes"):
        _fetch(f"{url}/{path}", max_bytes=100)


@pytest.mark.parametrize("path", ["silent", "stuck"])
def test_a_server_that_hangs_is_given_up(shelf: tuple[str, type[Shelf]], path: str) -> None:
    url, _ = shelf
    with pytest.raises(FetchFailed, match=r"did not deliver within 0.3 seconds"):
        _fetch(f"{url}/{path}", seconds=0.3)


def test_what_the_server_answers_is_told(shelf: tuple[str, type[Shelf]]) -> None:
    url, _ = shelf
    with pytest.raises(FetchFailed, match="answers 404 Not Found"):
        _fetch(f"{url}/missing")


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchFailed, match="cannot be read"):
        _fetch(f"http://127.0.0.1:{port}/")
    with pytest.raises(FetchFailed, match="there is no host"):
        _fetch("http://no-such-host.invalid/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "door.mp4", "http://", ""])
def test_only_addresses_of_the_web_are_asked(url: str) -> None:
    with pytest.raises(AddressRefused):
        _fetch(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::]"]
)
def test_this_machine_is_found_under_each_of_its_names(host: str) -> None:
    with pytest.raises(AddressRefused, match="only connected to where MASKWATCH_ALLOW_ADDRESSES"):
        _fetch(f"http://{host}/", policy=PUBLIC_ONLY)
