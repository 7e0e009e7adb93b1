"""Services in threads, and their clean stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

Run = Callable[[threading.Event], None]  # runs until the event is set, then finishes what is in hand


class Group:
    """Threads that run together: the first that fails stops all, and its error is raised at the end."""

    def __init__(self, runs: Mapping[str, Run]) -> None:
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._guard, args=(name, run), name=name, daemon=True) for name, run in runs.items()
        ]

    def start(self) -> None:
        """Start every thread."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, timeout: float) -> None:
        """Ask all to stop and wait for them, `timeout` seconds in all; raise what stopped them, if anything did."""
        self._stop.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("service.still_running", thread=thread.name)
        if self._error is not None:
            raise self._error

    @property
    def stopping(self) -> threading.Event:
        """Set once any thread has ended in an error or `stop` was called."""
        return self._stop

    def _guard(self, name: str, run: Run) -> None:
        try:
            run(self._stop)
        except Exception as exc:
            log.exception("service.failed", thread=name)
            self._error = self._error or exc
            self._stop.set()


def stop_on_signals(stop: threading.Event) -> None:
    """Let SIGTERM and SIGINT set `stop`. Call in the main thread."""

    def handle(number: int, _frame: FrameType | None) -> None:
        # In a thread: the signal may have interrupted the main thread inside `stop.wait`, which holds its lock.
        threading.Thread(target=_stop, args=(stop, signal.Signals(number).name), daemon=True).start()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _stop(stop: threading.Event, signal_name: str) -> None:
    log.info("service.stopping", signal=signal_name)
    stop.set()
