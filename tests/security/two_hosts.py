"""A camera's host, and one that nobody may reach: two addresses of the loop-back, of which the tests allow only one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from common.outbound.check import AddressCheck
from common.outbound.policy import AddressPolicy

OUTSIDE, INSIDE = "127.0.0.2", "127.0.0.1"
NAMES = {"camera.example": [OUTSIDE], "both.example": [OUTSIDE, INSIDE]}

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """A web server: what it says by path, and what it was asked for."""

    host: str
    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str = "/", *, scheme: str = "http", host: str = "") -> str:
        return f"{scheme}://{host or self.host}:{self.port}{path}"


@contextmanager
def serving(host: str) -> Iterator[Site]:
    """Until the end of the block."""
    site = Site(host=host)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.asked.append(self.path)
            status, headers, body = site.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  # the library's name

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer((host, 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Resolver:
    """Answers each name as it is told, one answer after the other; the last one stays."""

    names: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        if host in self.names:
            waiting = self.names[host]
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if host in NAMES:
            return NAMES[host]
        return [entry[4][0] for entry in socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)]


def outside_only(resolver: Resolver | None = None) -> AddressCheck:
    """Lets connect to OUTSIDE, and to nothing else of this machine."""
    return AddressCheck(policy=AddressPolicy.from_text(OUTSIDE), resolve=resolver or Resolver())
