"""What each camera costs: measured by whoever watches it, and the same in the eyes of every grabber.

Sharing only works when all grabbers reckon with the same figures. So each says what it measured, one of them, by lease,
makes one table of that, and all take up the table as soon as its version shows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from hashlib import blake2b

import structlog
from pydantic import TypeAdapter, ValidationError

from common.domain.camera import Camera
from common.domain.load import Load
from common.domain.pace import wanted_rate
from common.ports.coordination import Coordination

log = structlog.get_logger(__name__)

REPORT_SECONDS = 30.0
REPORT_TTL_SECONDS = 3 * REPORT_SECONDS
TABLE_TTL_SECONDS = 3600.0  # it is written again with every report; without any grabber it may go
REVISE_SECONDS = 300.0  # a new table may move cameras, and each move costs the camera a second or two
TOLERANCE_PERCENT = 25  # a camera's figure is left alone as long as it is not further off
LEASE = "camera-costs"
VERSION_KEY = "camera-costs/version"

# An estimate until somebody has measured: a 1080p stream read at 15 fps, and one picture decoded, encoded and stored.
WATCH_MS_PER_SECOND = 4.0
SHOT_MS = 40.0

_TABLE = TypeAdapter(dict[str, int])


class Costs:
    """One grabber's view of the common table. One thread uses it."""

    def __init__(self, coordination: Coordination, *, replica: str, now: Callable[[], float] = time.monotonic) -> None:
        self._coordination = coordination
        self._replica = replica
        self._now = now
        self._table: dict[str, int] = {}  # CPU milliseconds per second, by camera
        self._version = ""  # of the table; its digest
        self._next_report = now() + REPORT_SECONDS
        self._next_revision = now() + 2 * REPORT_SECONDS  # the first figures are awaited; the installation is young

    def of(self, cameras: Mapping[str, Camera]) -> dict[str, int]:
        """What each camera costs, in CPU milliseconds per second: as in the table, else estimated."""
        table = self._table
        return {camera_id: table.get(camera_id) or estimate(camera) for camera_id, camera in cameras.items()}

    def exchange(self, measured: Mapping[str, int], *, members: Collection[str], enabled: Collection[str]) -> None:
        """Learn what all reckon with, and now and then say what was measured here. Raises Unavailable."""
        self._learn()
        if self._now() < self._next_report:
            return
        self._next_report = self._now() + REPORT_SECONDS
        report = json.dumps(dict(measured)).encode()
        self._coordination.put(_report_key(self._replica), report, ttl=REPORT_TTL_SECONDS)
        if self._coordination.acquire(LEASE, self._replica, ttl=REPORT_TTL_SECONDS) is not None:
            self._keep(members, enabled)

    def _learn(self) -> None:
        """Without a version nothing changes: coordination began anew, and whoever keeps the table writes it again."""
        version = (self._coordination.get(VERSION_KEY) or b"").decode()
        if version and version != self._version:
            table = _read(self._coordination.get(_table_key(version)), of="table")
            if table is not None:
                self._table, self._version = table, version

    def _keep(self, members: Collection[str], enabled: Collection[str]) -> None:
        table = self._table
        if self._now() >= self._next_revision:
            table = revised(table, self._reports(members), enabled=enabled)
        if table != self._table:
            self._next_revision = self._now() + REVISE_SECONDS
            log.info("costs.revised", cameras=len(table))
        content = json.dumps(table, sort_keys=True).encode()
        version = blake2b(content, digest_size=8).hexdigest()
        self._coordination.put(_table_key(version), content, ttl=TABLE_TTL_SECONDS)
        self._coordination.put(VERSION_KEY, version.encode(), ttl=TABLE_TTL_SECONDS)

    def _reports(self, members: Collection[str]) -> dict[str, int]:
        measured: dict[str, int] = {}
        for report in self._coordination.get_many([_report_key(member) for member in sorted(members)]):
            measured |= _read(report, of="report") or {}
        return measured


def estimate(camera: Camera) -> int:
    """CPU milliseconds per second of a camera that nobody has measured."""
    return round(WATCH_MS_PER_SECOND + SHOT_MS / camera.interval_seconds)


def revised(table: Mapping[str, int], measured: Mapping[str, int], *, enabled: Collection[str]) -> dict[str, int]:
    """The table with what is measured now, where that is far off; without the cameras that nobody watches."""
    found = {**measured, **{key: cost for key, cost in table.items() if not _is_far(cost, measured.get(key, cost))}}
    return {camera_id: cost for camera_id, cost in found.items() if camera_id in enabled}


def load_of(measured: Mapping[str, int], cameras: Mapping[str, Camera], *, core_seconds: float) -> Load:
    """How busy the cameras that were measured keep a grabber that may use so much processor time per second.

    Its capacity is in shots per second, of cameras like those: most of what a camera costs is being read.
    """
    watched = [camera for camera_id, camera in cameras.items() if camera_id in measured]
    busy = sum(measured.values()) / 1000 / core_seconds
    return Load(busy=min(1.0, busy), capacity=wanted_rate(watched) / busy if busy else None)


def _is_far(one: int, other: int) -> bool:
    return 100 * max(one, other) > (100 + TOLERANCE_PERCENT) * min(one, other)


def _read(content: bytes | None, *, of: str) -> dict[str, int] | None:
    if content is None:
        return None
    try:
        return _TABLE.validate_json(content)
    except ValidationError as exc:
        log.warning("costs.unreadable", of=of, error=str(exc))
        return None


def _report_key(replica: str) -> str:
    return f"camera-costs/report/{replica}"


def _table_key(version: str) -> str:
    return f"camera-costs/table/{version}"
