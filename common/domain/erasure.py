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
