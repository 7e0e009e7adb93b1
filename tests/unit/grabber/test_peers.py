"""Which connections of this process are a stream's own, seen at real sockets of the loop-back."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from common.errors import AddressRefused
from grabber.sources.peers import Connection, Endpoint, Peers, connections


class Listening:
    """A camera, as far as TCP goes."""

    def __init__(self, family: socket.AddressFamily, host: str, stack: ExitStack) -> None:
        self._stack = stack
        self._server = stack.enter_context(socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::"))
        self.port: int = self._server.getsockname()[1]
        self.peer: Endpoint = ("127.0.0.1", self.port)

    def connect(self, family: socket.AddressFamily = socket.AF_INET, host: str = "127.0.0.1") -> socket.socket:
        """What FFmpeg would do; the far end comes from no place that is looked for."""
        client = self._stack.enter_context(socket.socket(family))
        client.connect((host, self.port))
        self._stack.enter_context(self._server.accept()[0])
        return client


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def camera(stack: ExitStack) -> Listening:
    return Listening(socket.AF_INET, "127.0.0.1", stack)


def test_a_connection_of_this_process_is_seen_with_both_ends(camera: Listening) -> None:
    client = camera.connect()
    assert (client.getsockname(), camera.peer) in set(connections())
    client.close()
    assert [one for one in connections() if one[1] == camera.peer] == []


def test_looking_leaves_the_sockets_as_they_were(camera: Listening) -> None:
    client = camera.connect()
    before = client.gettimeout(), client.getpeername()
    list(connections())
    assert (client.gettimeout(), client.getpeername()) == before


def test_an_ipv4_address_inside_an_ipv6_one_is_the_same(stack: ExitStack) -> None:
    camera, peers = Listening(socket.AF_INET, "127.0.0.1", stack), Peers()
    with peers.opening([("::ffff:127.0.0.1", camera.port)]) as opening:
        camera.connect()
        peers.check(opening, patience_seconds=0)
    with peers.opening([camera.peer]) as opening:
        camera.connect(socket.AF_INET6, "::ffff:127.0.0.1")
        peers.check(opening, patience_seconds=0)


def test_a_stream_that_is_connected_elsewhere_is_refused(camera: Listening) -> None:
    peers = Peers()
    with peers.opening([camera.peer]) as opening, pytest.raises(AddressRefused, match="another address"):
        peers.check(opening, patience_seconds=60)  # needs none of it: nobody else can be meant


def test_what_was_connected_before_is_not_taken_for_the_stream(camera: Listening) -> None:
    camera.connect()
    peers = Peers()
    with peers.opening([camera.peer]) as opening, pytest.raises(AddressRefused):
        peers.check(opening, patience_seconds=0)


def test_another_streams_connection_is_not_taken_for_this_one(camera: Listening) -> None:
    peers = Peers()
    with peers.opening([camera.peer]) as first:
        camera.connect()
        peers.check(first, patience_seconds=0)
    with peers.opening([camera.peer]) as second, pytest.raises(AddressRefused):
        peers.check(second, patience_seconds=0)
    with peers.opening([camera.peer]) as third:
        camera.connect()
        peers.check(third, patience_seconds=0)


def test_nor_is_that_of_a_stream_which_is_still_being_opened(camera: Listening) -> None:
    peers = Peers()
    with peers.opening([camera.peer]):
        camera.connect()
        with peers.opening([camera.peer]) as redirected, pytest.raises(AddressRefused):
            peers.check(redirected, patience_seconds=0.1)


def test_a_stream_waits_for_another_that_is_not_yet_connected(camera: Listening) -> None:
    peers = Peers()
    with peers.opening([camera.peer]):
        with peers.opening([camera.peer]) as quick:
            camera.connect()
            late = threading.Timer(0.1, camera.connect)
            late.start()
            peers.check(quick, patience_seconds=10)
        late.join()


def test_a_stream_outlasts_the_refusal_of_another(camera: Listening) -> None:
    peers = Peers()
    with ExitStack() as redirected, peers.opening([camera.peer]) as good:
        bad = redirected.enter_context(peers.opening([camera.peer]))
        camera.connect()
        leaves = threading.Timer(0.1, redirected.close)
        leaves.start()
        peers.check(good, patience_seconds=10)
        leaves.join()
        assert not bad.is_open


def test_a_stream_that_was_let_in_asks_for_nothing_more(camera: Listening) -> None:
    peers = Peers()
    with peers.opening([camera.peer]) as first:
        camera.connect()
        peers.check(first, patience_seconds=0)
        with peers.opening([camera.peer]) as second:  # before the first has left its block
            camera.connect()
            peers.check(second, patience_seconds=0)


def test_a_tunnel_needs_both_its_connections(camera: Listening) -> None:
    peers = Peers()
    with peers.opening([camera.peer], connections=2) as opening:
        camera.connect()
        with pytest.raises(AddressRefused):
            peers.check(opening, patience_seconds=0)
    with peers.opening([camera.peer], connections=2) as opening:
        camera.connect()
        camera.connect()
        peers.check(opening, patience_seconds=0)


def test_any_of_a_names_addresses_will_do(camera: Listening) -> None:
    peers = Peers()
    with peers.opening([("192.0.2.1", camera.port), camera.peer]) as opening:
        camera.connect()
        peers.check(opening, patience_seconds=0)


def test_a_number_that_comes_again_after_a_stream_ended_is_a_new_connection() -> None:
    there: list[Connection] = [(("10.0.0.1", 40_000), ("10.0.0.7", 554))]
    peers = Peers(look=lambda: iter(there))
    for _ in range(2):
        with peers.opening([("10.0.0.7", 554)]):
            there.clear()
        with peers.opening([("10.0.0.7", 554)]) as opening:
            there.append((("10.0.0.1", 40_000), ("10.0.0.7", 554)))
            peers.check(opening, patience_seconds=0)
        there.clear()


def test_many_at_once_are_all_let_in(camera: Listening) -> None:
    peers = Peers()
    refused: list[AddressRefused] = []

    def open_one(delay: float) -> None:
        with peers.opening([camera.peer]) as opening:
            time.sleep(delay)
            with lock:
                camera.connect()
            try:
                peers.check(opening, patience_seconds=20)
            except AddressRefused as exc:
                refused.append(exc)

    lock = threading.Lock()
    threads = [threading.Thread(target=open_one, args=(0.01 * (number % 4),)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    with suppress(AddressRefused), peers.opening([camera.peer]) as opening:
        peers.check(opening, patience_seconds=0)
        pytest.fail("it took another's connection")
