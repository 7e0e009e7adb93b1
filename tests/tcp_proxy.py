"""A TCP proxy that can be cut, slowed and held: an outage of a real server, as its clients see it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time


class TcpProxy:
    """Listens on a port of its own and passes everything on, until it is cut or held."""

    def __init__(self, *, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._passing = threading.Event()
        self._passing.set()
        self.delay_seconds = 0.0  # before anything is passed on
        self._start()

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        _end(self._listener)
        self._acceptor.join()
        with self._lock:
            for each in self._open:
                _end(each)
            self._open.clear()

    def restore(self) -> None:
        """Accept again, on the same port."""
        self._listener = _listen(self.port)
        self._start()

    def hold(self) -> None:
        """Pass nothing on, and say nothing of it: a network that is parted, or a server that hangs."""
        self._passing.clear()

    def heal(self) -> None:
        """Pass everything on again, at once; what was held, too."""
        self.delay_seconds = 0.0
        self._passing.set()
        if not self._acceptor.is_alive():
            self.restore()

    def __enter__(self) -> TcpProxy:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.heal()
        self.cut()

    def _start(self) -> None:
        self._acceptor = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._acceptor.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target)
            except OSError:  # it is down: so is this one, for now
                _end(client)
                continue
            with self._lock:
                self._open |= {client, server}
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._passing.wait()
                time.sleep(self.delay_seconds)
                sink.sendall(data)
        with self._lock:
            self._open -= {source, sink}
        _end(source)
        _end(sink)


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def _end(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
