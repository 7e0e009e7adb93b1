"""The app on a port, until it is told to stop."""

from __future__ import annotations

import socket
import threading

import structlog
import uvicorn
from fastapi import FastAPI

from common.errors import InvalidInput
from common.serving.guard import GuardedProtocol

log = structlog.get_logger(__name__)

STOP_SECONDS = 15  # for the requests in hand


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a port in use is an error at the start; port 0 takes a free one."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as exc:
        raise InvalidInput(f"cannot listen on {host}:{port}: {exc.strerror}") from exc
    # Connections inherit it. asyncio's own loop does not set it for a socket that it is given: an answer's body would
    # wait up to 44 ms for the client to confirm its head.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def serve(app: FastAPI, *, host: str, port: int, stop: threading.Event) -> None:
    """Listen and answer until `stop` is set, then finish the requests in hand. Raises InvalidInput for the port."""
    serve_on(app, listen(host, port), stop=stop)


def serve_on(
    app: FastAPI,
    bound: socket.socket,
    *,
    stop: threading.Event,
    protocol: type[GuardedProtocol] = GuardedProtocol,
) -> None:
    """The same on a socket that is bound already; it is closed at the end. Raises when it ends before `stop`."""
    config = uvicorn.Config(
        app,
        http=protocol,
        log_config=None,
        access_log=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    # In a thread of its own, where uvicorn leaves the signals to us: `stop` is the one way to end.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="http", daemon=True)
    with bound:
        thread.start()
        log.info("http.listening", address="{}:{}".format(*bound.getsockname()[:2]))
        while thread.is_alive() and not stop.wait(0.5):
            pass
        server.should_exit = True
        thread.join(STOP_SECONDS + 5)
    if not stop.is_set():
        raise RuntimeError("the model API's web server ended by itself")
