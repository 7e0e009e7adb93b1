"""Threads that run together, and stop together."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from common.runtime.service import Group, stop_on_signals


def until(stop: threading.Event) -> None:
    stop.wait()


def test_the_first_that_fails_stops_all_and_its_error_is_raised() -> None:
    ended = threading.Event()

    def other(stop: threading.Event) -> None:
        stop.wait()
        ended.set()

    def failing(_stop: threading.Event) -> None:
        raise RuntimeError("the disk is gone")

    group = Group({"failing": failing, "other": other})
    group.start()
    assert group.stopping.wait(5)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        group.stop(timeout=5)
    assert ended.is_set()


def test_one_slow_thread_may_use_all_of_the_time() -> None:
    finished = threading.Event()

    def slow(stop: threading.Event) -> None:
        stop.wait()
        time.sleep(1.0)  # a batch in hand
        finished.set()

    group = Group({"slow": slow, **{f"quick-{number}": until for number in range(9)}})
    group.start()
    group.stop(timeout=8)
    assert finished.is_set()


def test_a_signal_sets_the_stop_flag_even_while_somebody_waits_for_it() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    stop = threading.Event()
    try:
        stop_on_signals(stop)
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        assert stop.wait(10)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
