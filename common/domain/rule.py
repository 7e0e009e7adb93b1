"""What an operator wants to be told of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from common.domain.camera import Camera
from common.domain.prediction import Label
from common.domain.schedule import Schedule


class Severity(StrEnum):
    """How urgent an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Trouble(StrEnum):
    """What a rule can watch besides faces."""

    CAMERA_DOWN = "camera_down"  # its shots fail
    CAMERA_DEGRADED = "camera_degraded"  # its pictures are rejected
    NO_DATA = "no_data"  # nothing at all is heard of its shots
    QUEUE_LAG = "queue_lag"  # pictures wait too long to be predicted; of the installation, not of a camera


class GroupBy(StrEnum):
    """Which alerts of a rule are told together."""

    CAMERA = "camera"
    SITE = "site"
    RULE = "rule"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """True of a picture when enough of the people in it carry the label. Exactly one of the two bounds is set.

    With `trouble` it is not about faces: true when that has lasted for more than `seconds_above`.
    """

    label: Label = Label.NO_MASK
    count_at_least: int | None = 1
    share_above: float | None = None  # 0..1 of the faces whose label is certain
    trouble: Trouble | None = None
    seconds_above: float = 60.0  # of trouble only

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
    cameras: tuple[str, ...] = ()  # ids; empty together with `tags` and `sites`: every camera
    tags: tuple[str, ...] = ()  # cameras with any of these
    sites: tuple[str, ...] = ()  # cameras at any of these
    zone: str | None = None  # only faces whose centre lies in the camera's zone of this name
    for_seconds: float = 10.0
    keep_firing_seconds: float = 10.0
    schedule: Schedule | None = None  # None: always
    severity: Severity = Severity.WARNING
    min_face_px: int = 0  # shorter side of a face's box; the camera's own bound holds besides
    receivers: tuple[str, ...] = ()  # names; empty: every enabled receiver
    group_by: GroupBy = GroupBy.CAMERA
    repeat_seconds: float = 300.0  # after a message was delivered nothing more of its group is told for so long …
    # … unless more people are concerned, or it is over
    escalate_seconds: float | None = None  # told to `escalate_to` when nobody acknowledges for so long; None: never
    escalate_to: tuple[str, ...] = ()  # receivers' names
    enabled: bool = True

    def watches(self, camera: Camera) -> bool:
        """Whether it names the camera, a tag of it or its site, or none of these at all."""
        if not (self.cameras or self.tags or self.sites):
            return True
        return camera.id in self.cameras or camera.site in self.sites or not set(self.tags).isdisjoint(camera.tags)
