"""A store, a database and queues with cameras, shots and pictures of any age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.prediction import Face, Label, Prediction
from common.domain.rule import Severity
from common.domain.shot import Outcome, Shot, image_key, shot_id
from common.ports.broker import Broker
from common.ports.repository import Repository
from common.ports.store import ObjectStore

NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)  # so that what is stored now is hours old
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
JPEG = b"j" * 1000
FACE = Face(box=(1.0, 1.0, 9.0, 9.0), score=0.9, landmarks=(), label=Label.NO_MASK, probabilities={})


@dataclass(frozen=True, kw_only=True)
class UpkeepWorld:
    """The adapters, and what a test puts into them."""

    repository: Repository
    store: ObjectStore
    broker: Broker

    def add_camera(self, camera_id: str = "door", *, retention_days: int = 30) -> None:
        camera = Camera(
            id=camera_id, name=camera_id, url="rtsp://host/1", retention_days=retention_days, created_at=NOW
        )
        with self.repository.begin() as unit:
            unit.cameras.add(camera)

    def take(
        self,
        age: timedelta,
        *labels: Label,
        camera_id: str = "door",
        outcome: Outcome = Outcome.PREDICTED,
        is_stored: bool = True,
        is_recorded: bool = True,
    ) -> Shot:
        """A shot taken so long ago, with its picture and its row, or only one of them."""
        at = NOW - age
        shot = Shot(
            id=shot_id(camera_id, at),
            camera_id=camera_id,
            scheduled_at=at,
            outcome=outcome,
            captured_at=at,
            image_key=image_key(camera_id, at),
        )
        if is_stored:
            self.store.put(shot.image_key or "", JPEG)
        with self.repository.begin() as unit:
            if is_recorded:
                unit.shots.record(shot)
                unit.statistics.add(camera_id, at, shots={outcome: 1})
            if is_recorded and outcome is Outcome.PREDICTED:
                unit.predictions.add(_prediction(shot, labels))
        return shot

    def raise_alert(self, shot: Shot, *, is_resolved: bool = False) -> Alert:
        """An alert that shows the shot and fired with it."""
        alert = Alert(
            id=f"alert-{shot.id}",
            event_id=f"event-{shot.id}",
            rule_id="rule",
            camera_id=shot.camera_id,
            state=AlertState.RESOLVED if is_resolved else AlertState.FIRING,
            severity=Severity.WARNING,
            summary="1 person without a mask",
            started_at=shot.scheduled_at,
            fired_at=shot.scheduled_at,
            snapshot_id=shot.id,
            image_key=shot.image_key or "",
        )
        with self.repository.begin() as unit:
            unit.alerts.save(alert)
        return alert

    def stored(self) -> set[str]:
        """The keys in the store."""
        return set(self.store.list())

    def shots(self) -> dict[str, Shot]:
        """The rows, by id."""
        with self.repository.begin() as unit:
            return {shot.id: shot for shot in unit.shots.list(limit=10_000)}


def keys(*shots: Shot) -> set[str]:
    return {shot.image_key or "" for shot in shots}


def open_world(repository: Repository, store: ObjectStore, broker: Broker) -> Iterator[UpkeepWorld]:
    """Empty, with its schema; emptied and closed at the end."""
    repository.upgrade()
    yield UpkeepWorld(repository=repository, store=store, broker=broker)
    store.delete(list(store.list()))
    for adapter in (broker, store, repository):
        adapter.close()


def _prediction(shot: Shot, labels: tuple[Label, ...]) -> Prediction:
    return Prediction(
        snapshot_id=shot.id,
        camera_id=shot.camera_id,
        scheduled_at=shot.scheduled_at,
        captured_at=shot.scheduled_at,
        predicted_at=shot.scheduled_at,
        image_key=shot.image_key or "",
        width=640,
        height=480,
        faces=tuple(replace(FACE, label=label) for label in labels),
        model={},
    )
