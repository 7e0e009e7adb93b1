"""A model API as users start it, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from bench.calling import HOST, Target
from common.errors import Unavailable
from common.settings import PREFIX, Settings

START_SECONDS = 120.0
STOP_SECONDS = 30.0
PATIENT = 600.0  # seconds in the queue, for a fixed number of callers, who bound it themselves: nobody is refused


@dataclass(frozen=True, kw_only=True)
class ModelServer:
    """One that is ready."""

    port: int
    process_id: int

    def target(self, path: str, pictures: tuple[bytes, ...]) -> Target:
        """An address of this server."""
        return Target(port=self.port, path=path, pictures=pictures)

    def metrics(self) -> dict[str, float]:
        """Every sample by its name with its labels, as Prometheus reads them."""
        text = httpx.get(f"http://{HOST}:{self.port}/metrics").text
        pairs = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def resident_bytes(self) -> int | None:
        """Its memory that is not swapped out; None where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.process_id}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return None
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def model_server(settings: Settings, **others: object) -> Iterator[ModelServer]:
    """A ready server of the newest models, with these settings and `others` (`engine`, `queue_seconds`, …) over them.

    Raises Unavailable, with its last words, when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="maskwatch-bench-") as folder:
        port = _free_port()
        own = {"host": HOST, "model_api_port": port, "aliases": f"{folder}/none.json", "data": folder}
        chosen = {**_chosen(settings), **own, **others}
        environment = os.environ | {f"{PREFIX}{name.upper()}": str(value) for name, value in chosen.items()}
        log = Path(folder) / "log"
        with log.open("wb") as file:
            command = [sys.executable, "-m", "maskwatch", "model-api"]
            process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
        try:
            _wait_until_ready(process, port, log)
            yield ModelServer(port=port, process_id=process.pid)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _chosen(settings: Settings) -> dict[str, object]:
    """What somebody chose; the defaults are the server's, too, and secrets are in its environment already."""
    values = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {name: value for name, value in values.items() if value is not None and not isinstance(value, SecretStr)}


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"http://{HOST}:{port}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Unavailable(f"the model API did not start: {words[-1] if words else 'it said nothing'}")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as bound:
        port: int = bound.getsockname()[1]
        return port
