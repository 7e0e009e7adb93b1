"""What was erased on request, and who asked: the ledger stays when all else is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErasureState(StrEnum):
    """How far it is."""

    REQUESTED = "requested"
    RUNNING = "running"  # some of it is gone
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """Pictures, crops and rows of a time range or of a camera, gone for good. Statistics name nobody and stay."""

    id: str
    requested_at: datetime
    by: str  # a user's name
    reason: str = ""  # in the words of whoever asked
    camera_id: str = ""  # empty: all cameras
    camera: str = ""  # its name at that time
    start: datetime | None = None  # of capture, inclusive; None: from the first on
    end: datetime | None = None  # exclusive; None: until the moment of the request
    state: ErasureState = ErasureState.REQUESTED
    snapshots: int = 0  # gone with their predictions
    pictures: int = 0
    crops: int = 0  # of faces: violating ones, and those that people judged
    sightings: int = 0
    alerts: int = 0  # with their events, messages and decisions
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One camera's pictures of some time, and what was made of them."""

    camera_id: str
    start: datetime | None = None  # of the slots, inclusive; None: from the first on
    end: datetime  # exclusive

    def includes(self, at: datetime) -> bool:
        """Whether that moment lies in it."""
        return at < self.end and (self.start is None or at >= self.start)

    def overlaps(self, began: datetime, ended: datetime) -> bool:
        """Whether any moment of that time, both ends included, lies in it."""
        return began < self.end and (self.start is None or ended >= self.start)


@dataclass(frozen=True, kw_only=True)
class Erased:
    """How much is, or would be, gone."""

    snapshots: int = 0
    pictures: int = 0
    crops: int = 0
    sightings: int = 0
    alerts: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})
