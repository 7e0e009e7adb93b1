"""How many processor cores this process may use."""

from __future__ import annotations

import math
from pathlib import Path

from common.runtime.cores import QUOTA, core_seconds


def cores(quota_file: Path = QUOTA) -> int:
    """Whole ones, at least 1: a part of a core runs a thread, too."""
    return max(1, math.ceil(core_seconds(quota_file)))
