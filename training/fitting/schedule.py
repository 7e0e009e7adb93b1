"""Learning rate and budget as pure functions of how much of the training time is gone."""

from __future__ import annotations

import math

WARMUP_SHARE = 0.03  # of the time; long enough for batch norm to settle
FINAL_SHARE = 0.01  # of the peak learning rate, at the end


def learning_rate(progress: float, peak: float) -> float:
    """Linear warm-up, then a cosine (Loshchilov & Hutter, arXiv:1608.03983). `progress` runs from 0 to 1."""
    if progress < WARMUP_SHARE:
        return peak * max(progress / WARMUP_SHARE, 0.01)
    turn = min(1.0, (progress - WARMUP_SHARE) / (1 - WARMUP_SHARE))
    return peak * (FINAL_SHARE + (1 - FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * turn)))
