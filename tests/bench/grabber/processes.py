"""Processes of a benchmark: started so that they find its modules, ended, and what they cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[2]
STOP_SECONDS = 20.0


def child(module: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """`python -m module`; options as subprocess.Popen has them, without `env`."""
    return subprocess.Popen([sys.executable, "-m", module, *arguments], env=environment(), **options)


def environment(**more: str) -> dict[str, str]:
    """This process's environment, in which Python finds the checkout and its benchmarks."""
    folders = [str(TESTS), str(TESTS.parent), os.environ.get("PYTHONPATH", "")]
    own = {"PYTHONPATH": os.pathsep.join(filter(None, folders)), "MASKWATCH_ALLOW_ADDRESSES": "loopback"}
    return os.environ | own | more


def ended(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and wait until it has."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_seconds(process_id: int) -> float:
    """What all threads of a running process have used so far, in user and system mode.

    A process's CPU clock, as clock_getcpuclockid(3) makes its number on Linux: finer than the ticks of /proc.
    """
    return time.clock_gettime((~process_id << 3) | 2)
