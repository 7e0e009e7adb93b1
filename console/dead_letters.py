"""Messages that were given up: what they were about, and trying them again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import structlog

from common.domain.job import Job
from common.domain.prediction import Prediction
from common.domain.shot import Shot
from common.errors import MalformedMessage, NotFound
from common.messages import JOBS, QUEUES, SHOTS, decode
from common.ports.broker import DeadLetter
from common.ports.repository import Unit
from console.context import Console

log = structlog.get_logger(__name__)

SHOWN_CHARACTERS = 2000  # of a message's body


def read_dead_letters(console: Console, queue: str, *, limit: int) -> list[dict[str, Any]]:
    """The oldest first, with the snapshot and the camera that each is about. Raises NotFound, Unavailable."""
    letters = console.broker.dead_letters(known_queue(queue), limit=limit)
    now = console.clock()
    with console.repository.begin() as unit:
        cameras = {camera.id: camera.name for camera in unit.cameras.list()}
        return [_letter_json(unit, letter, cameras, now=now) for letter in letters]


def replay(console: Console, queue: str, ids: Collection[str] | None, *, by: str) -> int:
    """Put them (None: all) back into their queue; how many. Raises NotFound, Unavailable."""
    count = console.broker.replay(known_queue(queue), only=ids)
    log.info("dead_letters.replayed", queue=queue, count=count, user=by)
    return count


def purge(console: Console, queue: str, ids: Collection[str] | None, *, by: str) -> int:
    """Delete them (None: all) for good; how many. Raises NotFound, Unavailable."""
    count = console.broker.purge(known_queue(queue), only=ids)
    log.info("dead_letters.purged", queue=queue, count=count, user=by)
    return count


def known_queue(name: str) -> str:
    """The queue of that name. Raises NotFound."""
    if name not in QUEUES:
        raise NotFound(f"no queue {name!r}; there are {', '.join(QUEUES)}")
    return name


def _letter_json(unit: Unit, letter: DeadLetter, cameras: dict[str, str], *, now: datetime) -> dict[str, Any]:
    camera_id, snapshot_id = _about(letter)
    return {
        "id": letter.id,
        "queue": letter.queue,
        "reason": letter.reason,
        "at": letter.at,
        "age_seconds": None if letter.at is None else round(max(0.0, (now - letter.at).total_seconds()), 1),
        "camera_id": camera_id,
        "camera": cameras.get(camera_id or ""),
        "snapshot_id": snapshot_id,
        "image": _image(unit, snapshot_id),
        "body": letter.body.decode(errors="replace")[:SHOWN_CHARACTERS],
    }


def _about(letter: DeadLetter) -> tuple[str | None, str | None]:
    """The camera and the snapshot; nothing of a message that cannot be read."""
    try:
        if letter.queue == SHOTS:
            shot = decode(Shot, letter.body)
            return shot.camera_id, shot.id
        found = decode(Job, letter.body) if letter.queue == JOBS else decode(Prediction, letter.body)
    except MalformedMessage:
        return None, None
    return found.camera_id, found.snapshot_id


def _image(unit: Unit, snapshot_id: str | None) -> str | None:
    try:
        shot = unit.shots.get(snapshot_id) if snapshot_id else None
    except NotFound:
        return None
    return f"/api/v1/snapshots/{snapshot_id}/image.jpg" if shot and shot.image_key else None
