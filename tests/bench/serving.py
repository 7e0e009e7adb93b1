"""A model API as users start it, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.calling import HOST, Target
from common.errors import Unavailable

START_SECONDS = 120.0
STOP_SECONDS = 30.0
PATIENT = {"queue_seconds": "600"}  # for a fixed number of callers, who bound the queue themselves: nobody is refused


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
def model_server(settings: Mapping[str, str]) -> Iterator[ModelServer]:
    """A ready server of the newest models, with these settings (`engine`, `queue_seconds`, …) over the environment's.

    Raises Unavailable, with its last words, when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="maskwatch-bench-") as folder:
        port = _free_port()
        own = {"host": HOST, "model_api_port": str(port), "aliases": f"{folder}/none.json", "data": folder, **settings}
        environment = os.environ | {f"MASKWATCH_{name.upper()}": value for name, value in own.items()}
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
