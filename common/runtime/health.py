"""/healthz, /readyz and /metrics for a service that has no web server of its own."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from common.errors import InvalidInput, MaskwatchError

log = structlog.get_logger(__name__)

Check = Callable[[], None]  # raises MaskwatchError when that part cannot be used now


def readiness(checks: Mapping[str, Check]) -> tuple[bool, dict[str, str]]:
    """Run every check: whether all passed, and "ok" or the sentence of each."""
    report = {}
    for name, check in checks.items():
        try:
            check()
        except MaskwatchError as exc:
            report[name] = str(exc)
        else:
            report[name] = "ok"
    return all(answer == "ok" for answer in report.values()), report


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A probe that hung up before its answer is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("health.failed")


class HealthServer:
    """A small HTTP server in a thread of its own."""

    def __init__(self, *, host: str, port: int, checks: Mapping[str, Check]) -> None:
        """Bind now, so that a port in use is an error at the start; `port` 0 takes a free one.

        Raises InvalidInput when the address cannot be had.
        """

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body = _answer(self.path, checks)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: probes come every few seconds."""

        try:
            self._server = _Server((host, port), Handler)
        except OSError as exc:
            raise InvalidInput(
                f"cannot listen on {host}:{port}: {exc.strerror or exc} (MASKWATCH_HEALTH_PORT; 0 takes a free one)"
            ) from exc
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()


def _answer(path: str, checks: Mapping[str, Check]) -> tuple[int, str, bytes]:
    if path == "/healthz":
        return 200, "application/json", b'{"status": "ok"}'
    if path == "/readyz":
        is_ready, report = readiness(checks)
        body = {"status": "ok" if is_ready else "unavailable", "checks": report}
        return (200 if is_ready else 503), "application/json", json.dumps(body).encode()
    if path == "/metrics":
        return 200, CONTENT_TYPE_LATEST, generate_latest()
    return 404, "application/json", b'{"status": "not found"}'
