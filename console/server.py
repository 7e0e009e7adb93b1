"""Serves an app from a thread: binds at once, stops cleanly."""

from __future__ import annotations

import socket
import threading

import structlog
import uvicorn
from fastapi import FastAPI

from common.errors import InvalidInput
from common.serving.guard import GuardedProtocol
from console.behind_proxies import BehindProxies

log = structlog.get_logger(__name__)

GRACE_SECONDS = 3  # for requests in hand; endless answers (the event stream) end by themselves before
TICK_SECONDS = 0.2  # how often a server that failed by itself is noticed


class ConsoleServer:
    """One app on one port."""

    def __init__(self, app: FastAPI, *, host: str, port: int) -> None:
        """Bind now, so that a port in use is an error at the start; `port` 0 takes a free one.

        Raises InvalidInput when the address cannot be had.
        """
        self._app = app
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family)
        except OSError as exc:
            raise InvalidInput(f"cannot listen on {host}:{port}: {exc.strerror or exc}") from exc
        # Connections inherit it. asyncio's own loop does not set it for a socket that it is given: every answer on a
        # kept connection would wait up to 44 ms for the browser to confirm its head.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            BehindProxies(app, proxies=app.state.console.proxies),
            proxy_headers=False,  # uvicorn's own would believe them without saying of whom they came
            http=GuardedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = uvicorn.Server(config)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; requests in hand are finished. Raises what stopped the server before that."""
        thread = threading.Thread(target=self._serve, name="console-http", daemon=True)
        thread.start()
        while thread.is_alive() and not stop.wait(TICK_SECONDS):
            pass
        self._app.state.stopping.set()
        self._server.should_exit = True
        thread.join()
        if not stop.is_set():
            raise RuntimeError("the console's web server ended by itself")
        log.info("console.stopped", port=self.port)

    @property
    def is_serving(self) -> bool:
        """Whether requests are answered now."""
        return self._server.started

    def _serve(self) -> None:
        # uvicorn takes signals over in the main thread only; here they stay with whoever composed this.
        self._server.run(sockets=[self._socket])


def serve(app: FastAPI, *, host: str, port: int, stop: threading.Event) -> tuple[int, threading.Thread]:
    """Serve in a thread until `stop` is set: the bound port, and the thread to join."""
    server = ConsoleServer(app, host=host, port=port)
    thread = threading.Thread(target=server.run, args=(stop,), name="console", daemon=True)
    thread.start()
    return server.port, thread
