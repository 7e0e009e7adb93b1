"""`maskwatch analyzer` in a process of its own, to be killed, and what it costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
STOP_SECONDS = 30.0


class AnalyzerProcess:
    """One replica on the given servers; may be started again after it was killed or stopped."""

    def __init__(self, name: str, *, folder: Path, settings: Mapping[str, str]) -> None:
        """`settings`: variables of the environment, such as MASKWATCH_BROKER."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MASKWATCH_")}
        self._environment = clean | {
            "PYTHONPATH": str(CHECKOUT),
            "MASKWATCH_DATA": str(folder / name),
            "MASKWATCH_REPLICA": name,
            "MASKWATCH_ALLOW_ADDRESSES": "loopback",  # where receivers are
            "MASKWATCH_HEALTH_PORT": "0",
            "MASKWATCH_LOG_FORMAT": "json",
            "MASKWATCH_LOG_LEVEL": "WARNING",
            **settings,
        }
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._spent = 0.0  # CPU seconds of earlier processes

    def start(self) -> None:
        """Start it; it works once its first message is done."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "maskwatch", "analyzer"]
            self._process = subprocess.Popen(
                command, env=self._environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """SIGKILL: it can finish nothing."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM; nothing happens to one that has ended."""
        self._end(signal.SIGTERM)

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def cpu_seconds(self) -> float:
        """What it has used so far, in user and system mode, over all its lives."""
        if self._process is None:
            return self._spent
        return self._spent + time.clock_gettime((~self._process.pid << 3) | 2)  # as clock_getcpuclockid(3) has it

    @property
    def memory_bytes(self) -> int:
        """Resident now."""
        assert self._process is not None
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._spent = self.cpu_seconds
            self._process.send_signal(number)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
