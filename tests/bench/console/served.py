"""The console as a process of its own, so that its CPU clock is its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from types import TracebackType

import httpx

from bench.console.plant import Plant
from bench.grabber.processes import cpu_seconds, ended, environment

PASSWORD = "bench-bench-bench"
START_SECONDS = 60.0


class Served:
    """`maskwatch console` over a plant."""

    def __init__(self, plant: Plant) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._settings = {
            "MASKWATCH_DATABASE": plant.database,
            "MASKWATCH_STORE": plant.store,
            "MASKWATCH_BROKER": f"sqlite:///{plant.folder}/queue.db",
            "MASKWATCH_COORDINATION": "memory://",
            "MASKWATCH_DATA": str(plant.folder),
            "MASKWATCH_PORT": str(port),
            "MASKWATCH_ADMIN_PASSWORD": PASSWORD,
            "MASKWATCH_LOG_LEVEL": "WARNING",
        }

    def __enter__(self) -> Served:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "maskwatch", "console"], env=environment(**self._settings), stdout=sys.stderr
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the console did not start")
            time.sleep(0.2)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        ended(self._process)

    def cpu_seconds(self) -> float:
        """Used so far, by all of its threads."""
        return cpu_seconds(self._process.pid)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz").is_success
        except httpx.TransportError:
            return False
