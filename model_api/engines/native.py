"""Calls into a library whose threads must not be at work when the process ends."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_changed = threading.Condition()
_calls = 0
_is_ending = False


@contextmanager
def native_call() -> Iterator[None]:
    """Around each such call: the end of the process waits for it; one that comes after the end began waits for ever.

    A daemon thread goes on while the interpreter shuts down. If the library is at work then, its own shutdown pulls
    the ground from under it, and the process ends with SIGABRT instead of its exit code.
    """
    global _calls
    with _changed:
        _changed.wait_for(lambda: not _is_ending)
        _calls += 1
    try:
        yield
    finally:
        with _changed:
            _calls -= 1
            _changed.notify_all()


@atexit.register
def _end() -> None:
    global _is_ending
    with _changed:
        _is_ending = True
        _changed.wait_for(lambda: _calls == 0)
