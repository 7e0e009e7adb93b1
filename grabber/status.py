"""What a supervisor tells the others about its camera: how it is, and which slot was the last one counted."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import structlog
from pydantic import TypeAdapter

from common.domain.camera import Camera
from common.domain.status import CameraState, CameraStatus, status_key
from common.errors import Unavailable
from common.metrics import CAMERA_DEGRADED, CAMERA_INTERVAL, CAMERA_UP
from common.ports.coordination import Coordination
from grabber.write_behind import WriteBehind

log = structlog.get_logger(__name__)

STATUS_TTL_SECONDS = 8.0  # it is written every two seconds or so
SLOT_TTL_SECONDS = 300.0  # slots that nobody attended for longer are not counted afterwards

_STATUS = TypeAdapter(CameraStatus)


class StatusBoard:
    """Writes to coordination in a thread of its own: no camera waits for it, and an outage there costs no shot."""

    def __init__(self, coordination: Coordination) -> None:
        self._values = WriteBehind(coordination)

    def run(self, stop: threading.Event) -> None:
        """Write what was told until `stop` is set."""
        self._values.run(stop)

    def flush(self, seconds: float) -> None:
        """Wait until others can see all that was told, but no longer than that."""
        self._values.flush(seconds)

    def show(self, status: CameraStatus) -> None:
        """Tell how the camera is."""
        CAMERA_UP.labels(camera=status.camera_id).set(status.state in (CameraState.LIVE, CameraState.DEGRADED))
        CAMERA_DEGRADED.labels(camera=status.camera_id).set(status.state is CameraState.DEGRADED)
        self._values.put(status_key(status.camera_id), _STATUS.dump_json(status), ttl=STATUS_TTL_SECONDS)

    def show_interval(self, camera: Camera, effective_seconds: float) -> None:
        """Tell how often shots of it are taken."""
        CAMERA_INTERVAL.labels(camera=camera.id, kind="desired").set(camera.interval_seconds)
        CAMERA_INTERVAL.labels(camera=camera.id, kind="effective").set(effective_seconds)

    def clear(self, camera_id: str) -> None:
        """The camera is ours no longer."""
        for kind in ("desired", "effective"):
            CAMERA_INTERVAL.remove(camera_id, kind)
        CAMERA_UP.remove(camera_id)
        CAMERA_DEGRADED.remove(camera_id)
        self._values.drop(status_key(camera_id))

    def count(self, camera_id: str, slot: datetime) -> None:
        """That slot has its outcome."""
        self._values.put(_slot_key(camera_id), slot.isoformat().encode(), ttl=SLOT_TTL_SECONDS)

    def forget_slots(self, camera_id: str) -> None:
        """Nobody is to watch the camera: its slots are owed by nobody until somebody does again."""
        self._values.put(_slot_key(camera_id), b"", ttl=1.0)

    def last_counted(self, camera_id: str) -> datetime | None:
        """The last slot with an outcome, whoever took it; None when nobody did lately."""
        try:
            value = self._values.get(_slot_key(camera_id))
        except Unavailable as exc:
            log.warning("coordination.unavailable", error=str(exc))
            return None
        return datetime.fromisoformat(value.decode()).astimezone(UTC) if value else None


def _slot_key(camera_id: str) -> str:
    return f"camera-slot/{camera_id}"
