"""Why somebody was told of an alert, or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a stage decided."""

    PASSED = "passed"
    HELD = "held"  # not told now, perhaps later
    STOPPED = "stopped"  # not told


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One stage's word on one change of an alert, in the order of `number`."""

    alert_id: str
    number: int  # 1, 2, … within the alert
    at: datetime
    stage: str  # inhibit, silence, schedule, group, throttle, route, deliver, escalate
    verdict: Verdict
    reason: str  # one sentence for the person who asks
