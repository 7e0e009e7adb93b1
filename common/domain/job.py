"""A snapshot once queued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Job:
    """Asks for the prediction of one snapshot. Carries its key, never the picture."""

    snapshot_id: str
    camera_id: str
    scheduled_at: datetime
    captured_at: datetime
    expires_at: datetime  # later than this it is counted as expired, not predicted
    image_key: str
    width: int  # pixels
    height: int
    blur_faces: bool = False  # its picture may stay only with its faces blurred
