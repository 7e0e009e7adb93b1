"""Whether FFmpeg stayed where it was sent: an RTSP camera may answer with a redirect, which it follows to any address
and has no option against. What it is connected to in the end is seen at this process's sockets."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv6Address

from common.errors import AddressRefused
from common.outbound.kind import parse

Endpoint = tuple[str, int]  # address and port
Connection = tuple[Endpoint, Endpoint]  # our end, the other end

LOOK_AGAIN_SECONDS = 0.02  # a socket that another thread connects announces itself to nobody


@dataclass(eq=False, kw_only=True)
class Opening:
    """A stream that FFmpeg is about to open, or has opened without our having looked yet."""

    peers: frozenset[Endpoint]
    connections: int
    is_open: bool = False


def connections() -> Iterator[Connection]:
    """Of this process, over TCP, whoever made them."""
    folder = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
    for name in os.listdir(folder):
        with suppress(OSError):  # closed a moment ago, or not connected
            found = _connection(int(name))
            if found is not None:
                yield found


class Peers:
    """Tells each stream its own connections to an address; thread-safe.

    A socket does not say who made it. So those that were there before, and those that other streams have, do not count;
    of the rest there must be enough for every stream that is being opened.
    """

    def __init__(self, look: Callable[[], Iterator[Connection]] = connections) -> None:
        self._look = look
        self._changed = threading.Condition()
        self._openings: list[Opening] = []  # in the order in which they began; once open, in that
        self._known: set[Connection] = set()  # of streams that are open, and of whatever else this process does

    @contextmanager
    def opening(self, peers: Collection[Endpoint], *, connections: int = 1) -> Iterator[Opening]:
        """Around FFmpeg's opening of a stream at one of `peers` (of each, IPv4 or IPv6), and the `check` of it."""
        opening = Opening(peers=frozenset(map(_plain, peers)), connections=connections)
        with self._changed:
            live = set(self._to(opening.peers))
            self._known = {one for one in self._known if one[1] not in opening.peers or one in live}
            if not self._rivals(opening):
                self._known |= live
            self._openings.append(opening)
        try:
            yield opening
        finally:
            with self._changed:
                self._leave(opening)

    def check(self, opening: Opening, *, patience_seconds: float) -> None:
        """Once FFmpeg has opened the stream, and still holds it. Raises AddressRefused if it is connected elsewhere.

        Waits while it cannot be told yet: another stream of that address is being opened, and not connected so far.
        """
        deadline = time.monotonic() + patience_seconds
        with self._changed:
            self._openings.remove(opening)
            opening.is_open = True
            self._openings.append(opening)
            while not self._is_there(opening):
                if self._is_elsewhere(opening) or time.monotonic() > deadline:
                    raise AddressRefused(
                        "the camera sends on to another address, which is not followed: "
                        "give that address in the camera's settings instead"
                    )
                self._changed.wait(LOOK_AGAIN_SECONDS)
            self._leave(opening)  # at once: its connections no longer count as new, so it must not count either

    def _leave(self, opening: Opening) -> None:
        if opening in self._openings:
            self._openings.remove(opening)
            self._changed.notify_all()

    def _is_there(self, opening: Opening) -> bool:
        """Whether every stream that is being opened has its connections; then some of them become this one's."""
        own, all_new = self._new(opening)
        if len(own) < opening.connections:
            return False
        if len(all_new) < opening.connections + sum(one.connections for one in self._rivals(opening)):
            return False
        self._known.update(own[: opening.connections])
        return True

    def _is_elsewhere(self, opening: Opening) -> bool:
        """Whether waiting would not help: streams that are open have too few, and this is the last of them."""
        own, all_new = self._new(opening)
        open_ones = [one for one in self._rivals(opening) if one.is_open]
        is_last = not open_ones or self._openings.index(opening) > self._openings.index(open_ones[-1])
        wanted = opening.connections + sum(one.connections for one in open_ones)
        return len(own) < opening.connections or (is_last and len(all_new) < wanted)

    def _new(self, opening: Opening) -> tuple[list[Connection], list[Connection]]:
        """Connections that are no stream's yet: to where this one may be, and to where it or its rivals may be."""
        everywhere = opening.peers.union(*(one.peers for one in self._rivals(opening)))
        found = sorted(one for one in self._to(everywhere) if one not in self._known)
        return [one for one in found if one[1] in opening.peers], found

    def _rivals(self, opening: Opening) -> list[Opening]:
        return [one for one in self._openings if one is not opening and one.peers & opening.peers]

    def _to(self, peers: frozenset[Endpoint]) -> set[Connection]:
        return {one for one in self._look() if one[1] in peers}


def _connection(descriptor: int) -> Connection | None:
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return None
    copy = os.dup(descriptor)  # FFmpeg may close its own at any moment, and another thread get the number
    try:
        opened = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
    with opened:
        if opened.family not in (socket.AF_INET, socket.AF_INET6) or opened.type != socket.SOCK_STREAM:
            return None
        return _plain(opened.getsockname()), _plain(opened.getpeername())


def _plain(endpoint: tuple[str, int] | tuple[str, int, int, int]) -> Endpoint:
    """An IPv4 address that came as an IPv6 one is the same place."""
    address = parse(endpoint[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address), endpoint[1]


OPEN_STREAMS = Peers()  # of this process: its sockets are one list, too
