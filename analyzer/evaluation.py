"""A batch of predictions: their numbers, people, events and alerts, all in the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog

from analyzer.accounting import add_predictions, count_alerts, count_faces, count_people
from analyzer.changes import EventChange, Notice, nobody_told, store_events, tell_turns
from analyzer.history.fold import Story, fold, scene_of
from analyzer.history.plan import Plan, open_history, plan
from analyzer.history.state import dump, is_of_the_future
from analyzer.history.turns import Turn, events_after, sightings_after, turns
from analyzer.sightings.follow import Appearances, Look
from analyzer.tally import Tally
from analyzer.zones import look_at
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.prediction import Prediction
from common.domain.rule import Rule
from common.domain.sighting import Sighting
from common.ports.repository import Unit

log = structlog.get_logger(__name__)

Value = TypeVar("Value")
Recall = Callable[[Collection[str]], Appearances]  # what is still known of how the people of these snapshots look


def nothing_recalled(_snapshots: Collection[str]) -> Appearances:
    """People are known again by box, motion and time alone."""
    return {}


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What the pictures of one camera make of what was stored."""

    plan: Plan
    story: Story
    events: dict[str, Event]
    sightings: dict[str, Sighting]


def record_predictions(
    unit: Unit,
    predictions: Sequence[Prediction],
    *,
    now: datetime,
    recall: Recall = nothing_recalled,
    notice: Notice = nobody_told,
) -> list[EventChange]:
    """Record the predictions, count their faces, and go on with the histories of their cameras.

    A prediction that is known already changes nothing. The cameras' histories are held until the unit ends: who has
    pictures of the same camera waits. `notice` is told of the changes within the unit.
    """
    tally = Tally()
    cameras = unit.cameras.get_many(prediction.camera_id for prediction in predictions)
    bodies = unit.histories.hold_many(camera.id for camera in cameras.values() if camera.enabled)
    added = add_predictions(unit, predictions, tally)
    ids = [prediction.snapshot_id for prediction in added]
    log.info("predictions.recorded", snapshot_ids=ids, again=len(predictions) - len(added))
    looks = _looks(cameras, added, tally, now=now)
    rules = {rule.id: rule for rule in unit.rules.list(enabled=True)}
    plans = [
        planned
        for camera_id, body in sorted(bodies.items())
        if looks[camera_id]
        and (planned := _plan(unit, cameras[camera_id], rules.values(), body, looks[camera_id], now)) is not None
    ]
    outcomes = _tell(plans, recall)
    _store(unit, outcomes, rules, tally, now=now)
    told = [(turn, cameras[each.plan.scene.camera.id]) for each in outcomes for turn in _turns(each)]
    changes = tell_turns(unit, told, rules, now=now, notice=notice)
    tally.write(unit)  # last: who counts in the same hour waits for these rows
    return changes


def _looks(
    cameras: Mapping[str, Camera], added: Sequence[Prediction], tally: Tally, *, now: datetime
) -> defaultdict[str, list[Look]]:
    """The new pictures of each camera, counted; of one that was removed there is nothing to count.

    One that a grabber's wrong clock calls far in the future is only counted: after it all others would be too late.
    """
    looks: defaultdict[str, list[Look]] = defaultdict(list)
    for prediction in added:
        camera = cameras.get(prediction.camera_id)
        if camera is not None:
            look = look_at(camera, prediction)
            count_faces(look, prediction.scheduled_at, tally)
            if is_of_the_future(look.at, now=now):
                log.warning("prediction.of_the_future", camera_id=camera.id, captured_at=look.at.isoformat())
            else:
                looks[camera.id].append(look)
    return looks


def _plan(
    unit: Unit, camera: Camera, rules: Collection[Rule], body: str | None, looks: Sequence[Look], now: datetime
) -> Plan | None:
    return plan(unit, scene_of(camera, rules), open_history(unit, camera.id, body), looks, now=now)


def _tell(plans: Sequence[Plan], recall: Recall) -> list[_Outcome]:
    wanted: set[str] = set().union(*(each.snapshots for each in plans))
    appearances = recall(wanted) if wanted else {}
    stories = [(each, fold(each.history, each.looks, each.scene, appearances)) for each in plans]
    return [
        _Outcome(plan=each, story=story, events=events_after(story), sightings=sightings_after(each, story))
        for each, story in stories
    ]


def _store(unit: Unit, outcomes: Sequence[_Outcome], rules: Mapping[str, Rule], tally: Tally, *, now: datetime) -> None:
    unit.histories.save_many(
        {each.plan.scene.camera.id: dump(replace(each.story.history, heard_at=now)) for each in outcomes}
    )
    events = _united(each.plan.stored.events for each in outcomes), _united(each.events for each in outcomes)
    people = _united(each.plan.stored.sightings for each in outcomes), _united(each.sightings for each in outcomes)
    store_events(unit, *events)
    _store_people(unit, *people)
    count_alerts(*events, rules, tally)
    count_people(*people, tally)


def _store_people(unit: Unit, before: Mapping[str, Sighting], after: Mapping[str, Sighting]) -> None:
    for sighting_id in before.keys() - after.keys():
        unit.sightings.drop(sighting_id)
    unit.sightings.save_many(each for each in after.values() if before.get(each.id) != each)


def _united(parts: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    """Of all cameras; no two of them have the same."""
    return {key: value for part in parts for key, value in part.items()}


def _turns(outcome: _Outcome) -> list[Turn]:
    return turns(outcome.plan.stored.events, outcome.events)
