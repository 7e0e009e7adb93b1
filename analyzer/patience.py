"""Waiting out an outage with the message in hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import structlog

from common.errors import TransientError
from common.runtime.backoff import Backoff

log = structlog.get_logger(__name__)

OUTAGE = Backoff(first_seconds=0.2, limit_seconds=5)  # a database restarts in seconds; come back soon, for ever

Result = TypeVar("Result")


def patiently(action: Callable[[], Result], stop: threading.Event, *, backoff: Backoff = OUTAGE) -> Result:
    """Repeat the action while it fails for now; its last TransientError is raised once `stop` is set."""
    attempt = 0
    while True:
        try:
            return action()
        except TransientError as exc:
            attempt += 1
            log.warning("message.waiting", attempt=attempt, error=str(exc))
            if stop.wait(backoff.delay(attempt)):
                raise
