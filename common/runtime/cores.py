"""How much processor time this process may use."""

from __future__ import annotations

import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # control groups v2, as a container sees its own


def core_seconds(quota_file: Path = QUOTA) -> float:
    """Per second: the cores that it may run on, or less where its container's share of time is less than they have."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        allowed = os.cpu_count() or 1
    quota = _quota(quota_file)
    return allowed if quota is None else min(allowed, quota)


def _quota(file: Path) -> float | None:
    """Cores' worth of time per period: `150000 100000` is 1.5; None without a limit."""
    try:
        time, period = file.read_text(encoding="ascii").split()
        return None if time == "max" else int(time) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None
