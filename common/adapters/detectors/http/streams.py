"""The open connections of a client, so that closing it ends what waits on them."""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from collections.abc import Mapping
from typing import Any

OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")  # names of httpcore's trace events


class OpenStreams:
    """Thread-safe. httpx offers no way to end a request that another thread waits for."""

    def __init__(self) -> None:
        self._streams: weakref.WeakSet[Any] = weakref.WeakSet()  # httpcore.NetworkStream
        self._lock = threading.Lock()
        self._is_broken = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """What the request extension `trace` calls."""
        if event in OPENED:
            with self._lock:
                self._streams.add(info["return_value"])
                if self._is_broken:  # it was being opened meanwhile
                    _shut(info["return_value"])

    def break_all(self) -> None:
        """Shut all of them: who reads one sees its end at once, and the server that its caller left."""
        with self._lock:
            self._is_broken = True
            for stream in self._streams:
                _shut(stream)


def _shut(stream: Any) -> None:
    found = stream.get_extra_info("socket")
    with contextlib.suppress(OSError):  # it has ended by itself
        found.shutdown(socket.SHUT_RDWR)
