"""A minimal RTSP server: H.264 or whatever its streams say, over the RTSP connection itself (TCP interleaved)."""

from __future__ import annotations

import re
import secrets
import socket
import socketserver
import threading
from collections.abc import Mapping
from typing import BinaryIO, cast

from maskwatch.simulation.auth import Account
from maskwatch.simulation.request import Request, answer, read_request
from maskwatch.simulation.rtp import interleaved, packet
from maskwatch.simulation.stream import Listener, Stream

METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"
_CHANNEL = re.compile(r"interleaved=(\d+)")
_KIND = re.compile(r"RTP/AVP (\d+)")


class RtspServer(socketserver.ThreadingTCPServer):
    """Plays streams by path, to several clients each; one thread per connection."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, address: tuple[str, int], streams: Mapping[str, Stream], *, account: Account | None = None
    ) -> None:
        """Bind now; port 0 takes a free one. With an `account`, everything but OPTIONS asks for it."""
        super().__init__(address, _Connection)
        self.streams = dict(streams)
        self.account = account
        self.port: int = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no error here."""


class _Connection(socketserver.StreamRequestHandler):
    server: RtspServer

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._writing = threading.Lock()  # answers and packets share the connection
        self._session = secrets.token_hex(6)
        self._stream: Stream | None = None
        self._channel = 0
        self._sender: threading.Thread | None = None
        self._ended = threading.Event()

    def handle(self) -> None:
        while (request := read_request(cast(BinaryIO, self.rfile))) is not None:
            self._write(self._answer(request))
            if request.method == "PLAY" and self._stream is not None and self._sender is None:
                self._sender = threading.Thread(target=self._send, args=(self._stream,), name="rtp", daemon=True)
                self._sender.start()
            if request.method == "TEARDOWN":
                return

    def finish(self) -> None:
        self._ended.set()
        super().finish()

    def _write(self, data: bytes) -> None:
        with self._writing:
            self.wfile.write(data)

    def _answer(self, request: Request) -> bytes:
        if request.method == "OPTIONS":
            return answer(request, 200, {"Public": METHODS})
        if request.method not in METHODS.split(", "):
            return answer(request, 501 if request.method else 400)
        account = self.server.account
        if account is not None and not account.admits(request.method, request.headers.get("authorization", "")):
            return answer(request, 401, {"WWW-Authenticate": account.challenge()})
        stream = self.server.streams.get(request.path)
        if stream is None:
            return answer(request, 404)
        if request.method == "DESCRIBE":
            return self._describe(request, stream)
        if request.method == "SETUP":
            return self._set_up(request, stream)
        if self._stream is None:
            return answer(request, 454)
        return answer(request, 200, {"Session": self._session})

    def _describe(self, request: Request, stream: Stream) -> bytes:
        session = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", f"s={request.path}", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*"]
        lines = [*session, "a=range:npt=now-", *stream.media(), "a=control:track0"]
        base = request.url.rstrip("/") + "/"
        headers = {"Content-Base": base, "Content-Type": "application/sdp"}
        return answer(request, 200, headers, "\r\n".join(lines) + "\r\n")

    def _set_up(self, request: Request, stream: Stream) -> bytes:
        transport = request.headers.get("transport", "")
        if "RTP/AVP/TCP" not in transport:
            return answer(request, 461)
        if self._stream is not None and self._stream is not stream:
            return answer(request, 459)
        found = _CHANNEL.search(transport)
        self._stream, self._channel = stream, int(found.group(1)) if found else 0
        chosen = f"RTP/AVP/TCP;unicast;interleaved={self._channel}-{self._channel + 1}"
        return answer(request, 200, {"Session": f"{self._session};timeout=60", "Transport": chosen})

    def _send(self, stream: Stream) -> None:
        listener = stream.listen()
        try:
            self._send_units(stream, listener)
        except OSError:  # the client went away; `handle` ends with it
            self._ended.set()
        finally:
            stream.leave(listener)

    def _send_units(self, stream: Stream, listener: Listener) -> None:
        found = _KIND.search(stream.media()[0])
        kind, source = int(found.group(1)) if found else 96, secrets.randbits(32)
        sequence = secrets.randbits(16)
        while not self._ended.is_set():
            unit = listener.next(0.5)
            if unit is None:
                continue
            packets = []
            for place, payload in enumerate(unit.payloads, 1):
                marker = place == len(unit.payloads)
                data = packet(
                    payload, kind=kind, sequence=sequence, timestamp=unit.timestamp, source=source, marker=marker
                )
                packets.append(interleaved(self._channel, data))
                sequence += 1
            self._write(b"".join(packets))
