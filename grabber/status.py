"""What a supervisor tells the others about its camera: how it is, and which slot was the last one counted."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from pydantic import TypeAdapter

from common.domain.status import CameraState, CameraStatus, status_key
from common.errors import Unavailable
from common.metrics import CAMERA_UP
from common.ports.coordination import Coordination

log = structlog.get_logger(__name__)

STATUS_TTL_SECONDS = 8.0  # it is written every two seconds or so
SLOT_TTL_SECONDS = 300.0  # slots that nobody attended for longer are not counted afterwards

_STATUS = TypeAdapter(CameraStatus)


class StatusBoard:
    """Writes to coordination; an outage there loses nothing that the next write does not bring back."""

    def __init__(self, coordination: Coordination) -> None:
        self._coordination = coordination

    def show(self, status: CameraStatus) -> None:
        """Tell how the camera is."""
        CAMERA_UP.labels(camera=status.camera_id).set(status.state is CameraState.LIVE)
        self._put(status_key(status.camera_id), _STATUS.dump_json(status), STATUS_TTL_SECONDS)

    def clear(self, camera_id: str, *, forget_slots: bool) -> None:
        """The camera is ours no longer; `forget_slots` when it is to be watched by nobody."""
        CAMERA_UP.remove(camera_id)
        if forget_slots:
            self._put(_slot_key(camera_id), b"", 1.0)

    def count(self, camera_id: str, slot: datetime) -> None:
        """That slot has its outcome."""
        self._put(_slot_key(camera_id), slot.isoformat().encode(), SLOT_TTL_SECONDS)

    def last_counted(self, camera_id: str) -> datetime | None:
        """The last slot with an outcome, whoever took it; None when nobody did lately."""
        try:
            value = self._coordination.get(_slot_key(camera_id))
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
            return None
        return datetime.fromisoformat(value.decode()).astimezone(UTC) if value else None

    def _put(self, key: str, value: bytes, ttl: float) -> None:
        try:
            self._coordination.put(key, value, ttl=ttl)
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))


def _slot_key(camera_id: str) -> str:
    return f"camera-slot/{camera_id}"
