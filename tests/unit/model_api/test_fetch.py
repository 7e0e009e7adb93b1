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

from model_api.errors import AddressRefused, FetchFailed, VideoTooLarge
from model_api.fetch import FetchLimits, fetch, is_any, is_public

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
    may_connect: Callable[[str], bool] = is_any,
    addresses: Sequence[str] | None = None,
) -> bytes:
    """What is at the address; `addresses`: those that every host has."""

    async def run() -> None:
        limits = FetchLimits(max_bytes=max_bytes, seconds=seconds, may_connect=may_connect)
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
    resolved: list[str] = []

    def is_checked(address: str) -> bool:
        resolved.append(address)
        return address == "127.0.0.1"

    assert _fetch(f"http://cinema.example:{port}/file", may_connect=is_checked, addresses=["127.0.0.1"]) == CONTENT
    assert resolved == ["127.0.0.1"]  # once: there is no second answer to believe
    assert seen.asked == [f"cinema.example:{port}"]


def test_the_next_address_is_taken_where_one_cannot_be_connected_to(shelf: tuple[str, type[Shelf]]) -> None:
    url, _ = shelf
    port = url.rsplit(":", 1)[1]
    assert _fetch(f"http://cinema.example:{port}/file", addresses=["127.0.0.9", "127.0.0.1"]) == CONTENT


def test_one_address_inside_refuses_the_host() -> None:
    with pytest.raises(AddressRefused, match="is inside this server"):
        _fetch("http://cinema.example/", may_connect=is_public, addresses=["93.184.215.14", "10.0.0.1"])


def test_a_redirect_is_checked_like_the_first_address(shelf: tuple[str, type[Shelf]]) -> None:
    url, seen = shelf
    with pytest.raises(AddressRefused, match="is inside this server"):
        _fetch(f"{url}/inside", may_connect=lambda address: address == "127.0.0.1")
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
    with pytest.raises(AddressRefused, match="is inside"):
        _fetch(f"http://{host}/", may_connect=is_public)


@pytest.mark.parametrize(
    ("address", "is_reachable"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # where clouds keep their credentials
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("fd00:ec2::254", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::5db8:d70e", True),
    ],
)
def test_an_address_inside_a_network_is_told_from_a_public_one(address: str, is_reachable: bool) -> None:
    assert is_public(address) is is_reachable
