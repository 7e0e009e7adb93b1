"""A person in front of a camera, counted once for as long as they stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common.domain.prediction import Box, Label


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One person's stay; all times are capture times."""

    id: str  # made of the camera, the first snapshot and the face there: the same whoever computes it, and how often
    camera_id: str
    began_at: datetime  # the first picture with them
    seen_at: datetime  # and the last
    shots: int  # pictures in which they were seen
    label: Label  # what the vote over these says; UNCERTAIN as long as it may not say more
    zones: tuple[str, ...] = ()  # names of the camera's zones in which their face counted
    snapshot_id: str = ""  # the best picture of them
    box: Box = (0.0, 0.0, 0.0, 0.0)  # their face there, in pixels
    score: float = 0.0  # how good that picture is of them, 0..1
