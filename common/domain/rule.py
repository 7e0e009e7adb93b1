"""What an operator wants to be told of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.domain.prediction import Label
from common.domain.schedule import Schedule


class Severity(StrEnum):
    """How urgent an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """True of a picture when enough of its faces carry the label. Exactly one of the two bounds is set."""

    label: Label = Label.NO_MASK
    count_at_least: int | None = 1
    share_above: float | None = None  # 0..1 of the faces whose label is certain

    def holds(self, labels: list[Label]) -> tuple[bool, int]:
        """Whether it is true of these faces, and how many carry the label."""
        matching = sum(label is self.label for label in labels)
        if self.share_above is not None:
            certain = sum(label is not Label.UNCERTAIN for label in labels)
            return certain > 0 and matching / certain > self.share_above, matching
        return matching >= (self.count_at_least or 1), matching


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Fires once its condition has held for `for_seconds`; resolves once it has not for `keep_firing_seconds`."""

    id: str
    name: str  # unique
    condition: Condition = Condition()
    cameras: tuple[str, ...] = ()  # ids; empty together with `tags`: every camera
    tags: tuple[str, ...] = ()  # cameras with any of these
    zone: str | None = None  # only faces whose centre lies in the camera's zone of this name
    for_seconds: float = 10.0
    keep_firing_seconds: float = 10.0
    schedule: Schedule | None = None  # None: always
    severity: Severity = Severity.WARNING
    receivers: tuple[str, ...] = ()
    enabled: bool = True
