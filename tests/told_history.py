"""What an installation's database says of the people and events before its cameras, to be compared with another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analyzer.evaluation import record_predictions
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.prediction import Prediction
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Condition, Rule
from common.domain.sighting import Sighting
from common.domain.statistics import Grouping, Statistics
from common.ports.repository import Repository

NOBODY_LISTENS = "http://127.0.0.1:9/"  # the discard port
MOST = 1_000_000
RULES = (
    Rule(id="any", name="Anybody", for_seconds=4, keep_firing_seconds=4, repeat_seconds=0),
    Rule(
        id="two", name="Two at once", condition=Condition(count_at_least=2), for_seconds=10, keep_firing_seconds=10,
        repeat_seconds=0,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that must be the same however the predictions came."""

    events: Sequence[Event]
    alerts: Sequence[tuple[object, ...]]  # those not withdrawn
    sightings: Sequence[Sighting]
    statistics: Sequence[Statistics]


def furnish(repository: Repository, camera_ids: Sequence[str], *, at: datetime) -> None:
    """The schema, cameras, two rules without a cooldown, and a receiver that never answers."""
    repository.upgrade()
    desk = Receiver(id="desk", name="Desk", kind=ReceiverKind.WEBHOOK, url=NOBODY_LISTENS, created_at=at)
    with repository.begin() as unit:
        for camera_id in camera_ids:
            unit.cameras.add(Camera(id=camera_id, name=camera_id, url="rtsp://camera/", created_at=at))
        for rule in RULES:
            unit.rules.add(rule)
        unit.receivers.add(desk)


def undisturbed(repository: Repository, predictions: Sequence[Prediction]) -> Told:
    """The history that these tell one after the other."""
    for first in range(0, len(predictions), 100):
        some = predictions[first : first + 100]
        with repository.begin() as unit:
            record_predictions(unit, some, now=some[-1].predicted_at)
    return read(repository)


def read(repository: Repository) -> Told:
    """What is stored."""
    with repository.begin() as unit:
        alerts = [alert for alert in unit.alerts.list(limit=MOST) if alert.reason != "withdrawn"]
        shown = [(each.id, each.state, each.fired_at, each.resolved_at, each.count, each.summary) for each in alerts]
        return Told(
            events=sorted(unit.events.list(limit=MOST), key=lambda event: event.id),
            alerts=sorted(shown),
            sightings=sorted(unit.sightings.list(limit=MOST), key=lambda sighting: sighting.id),
            statistics=[*unit.statistics.query(by=Grouping.HOUR), *unit.statistics.query(by=Grouping.CAMERA)],
        )


def untold(repository: Repository) -> set[str]:
    """Alerts that no message names, and of which nothing says that they were over before anybody could be told."""
    with repository.begin() as unit:
        messages = unit.notifications.list(limit=MOST)
        named = {alert_id for message in messages for alert_id in message.alert_ids}
        unnamed = {alert.id for alert in unit.alerts.list(limit=MOST)} - named
        return {each for each in unnamed if not any(said.stage == "deliver" for said in unit.decisions.of(each))}
