"""How many processor cores this process may use."""

from __future__ import annotations

import math
import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # control groups v2, as a container sees its own


def cores(quota_file: Path = QUOTA) -> int:
    """The cores that it may run on, or fewer where its container's share of time is less than they have."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        allowed = os.cpu_count() or 1
    quota = _quota(quota_file)
    return allowed if quota is None else max(1, min(allowed, math.ceil(quota)))


def _quota(file: Path) -> float | None:
    """Cores' worth of time per period: `150000 100000` is 1.5; None without a limit."""
    try:
        time, period = file.read_text(encoding="ascii").split()
        return None if time == "max" else int(time) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None
