"""Exactly-once numbers from messages that may come twice and in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from analyzer.sightings.follow import Look
from analyzer.tally import WHOLE, Tally
from common.domain.event import Event
from common.domain.prediction import Prediction
from common.domain.rule import Rule
from common.domain.shot import Outcome, Shot
from common.domain.sighting import Sighting
from common.ports.repository import Unit

EXPECTED = (None, Outcome.TAKEN)  # before a prediction that is news


def record_shots(unit: Unit, shots: Sequence[Shot]) -> None:
    """Record what became of shots, and move the numbers of their hours."""
    tally = Tally()
    count_shots(unit, shots, tally)
    tally.write(unit)


def count_shots(unit: Unit, shots: Sequence[Shot], tally: Tally) -> list[Outcome | None]:
    """Record what became of shots, and count by what was recorded before, which is the answer."""
    answers = unit.shots.record_many(shots)
    for shot, before in zip(shots, answers, strict=True):
        if before is None or (before is Outcome.TAKEN and shot.outcome is not Outcome.TAKEN):
            numbers = tally.row(shot.camera_id, shot.scheduled_at).shots
            numbers[shot.outcome] += 1
            if before is not None:
                numbers[before] -= 1
    return answers


def add_predictions(unit: Unit, predictions: Sequence[Prediction], tally: Tally) -> list[Prediction]:
    """Record predictions and their shots; those that are new, each once.

    A shot with another final outcome (expired, …) keeps it, and what was predicted of it is forgotten.
    """
    answers = count_shots(unit, [predicted_shot(prediction) for prediction in predictions], tally)
    news = [each for each, before in zip(predictions, answers, strict=True) if before in EXPECTED]
    added = unit.predictions.add_many(news)
    return [prediction for prediction in news if prediction.snapshot_id in added]


def count_faces(look: Look, scheduled_at: datetime, tally: Tally) -> None:
    """Add a new prediction's faces, those that count, to the hour of its slot."""
    for position, (_place, face) in enumerate(look.faces):
        for zone in (WHOLE, *look.zones_of(position)):
            tally.row(look.camera_id, scheduled_at, zone).faces[face.label] += 1


def count_people(before: Mapping[str, Sighting], after: Mapping[str, Sighting], tally: Tally) -> None:
    """Move the hours in which people came by what is known of them now."""
    for sighting_id in before.keys() | after.keys():
        old, new = before.get(sighting_id), after.get(sighting_id)
        if old is None or new is None or (old.label, old.zones) != (new.label, new.zones):
            for sighting, number in ((old, -1), (new, 1)):
                _count_person(sighting, number, tally)


def _count_person(sighting: Sighting | None, number: int, tally: Tally) -> None:
    if sighting is not None:
        for zone in (WHOLE, *sighting.zones):
            tally.row(sighting.camera_id, sighting.began_at, zone).people[sighting.label] += number


def count_alerts(
    before: Mapping[str, Event], after: Mapping[str, Event], rules: Mapping[str, Rule], tally: Tally
) -> None:
    """Move the hours in which events fired."""
    for event_id in before.keys() | after.keys():
        old, new = before.get(event_id), after.get(event_id)
        if (old and old.fired_at) != (new and new.fired_at):
            for event, number in ((old, -1), (new, 1)):
                _count_alert(event, number, rules, tally)


def _count_alert(event: Event | None, number: int, rules: Mapping[str, Rule], tally: Tally) -> None:
    if event is None or event.fired_at is None or not event.camera_id:
        return
    rule = rules.get(event.rule_id)
    for zone in {WHOLE, (rule.zone if rule else None) or WHOLE}:
        tally.row(event.camera_id, event.fired_at, zone).alerts += number


def predicted_shot(prediction: Prediction) -> Shot:
    """What a prediction says of its shot."""
    return Shot(
        id=prediction.snapshot_id,
        camera_id=prediction.camera_id,
        scheduled_at=prediction.scheduled_at,
        outcome=Outcome.PREDICTED,
        captured_at=prediction.captured_at,
        image_key=prediction.image_key,
        width=prediction.width,
        height=prediction.height,
    )
