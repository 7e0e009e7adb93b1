"""One prediction: its numbers, its rules, its events and alerts, all in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from analyzer.accounting import count_faces, count_shot, predicted_shot
from analyzer.alerts import grow, raise_alert, resolve
from analyzer.machine import Change, Sight, Transition, close_silent, step
from analyzer.rules import applies, read
from analyzer.zones import counting_faces
from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.event import Event, EventState
from common.domain.prediction import Face, Prediction
from common.domain.rule import Rule
from common.domain.shot import Outcome
from common.errors import NotFound
from common.ports.clock import NewId
from common.ports.repository import Unit

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class EventChange:
    """What happened to an event, to be told once the transaction is committed."""

    change: Change
    event: Event
    alert: Alert | None  # while pending there is none
    rule: Rule | None  # None: removed meanwhile
    camera: Camera | None
    reason: str = ""  # why it ended, where no picture ended it


def record_prediction(unit: Unit, prediction: Prediction, *, new_id: NewId) -> list[EventChange]:
    """Record the prediction, count its faces and move the camera's events; nothing at all the second time.

    A shot with another final outcome (expired, …) keeps it and is not evaluated. Rules see the pictures of a camera
    in the order of capture: one that is overtaken by a newer one is counted, but moves no event.
    """
    newest = unit.shots.latest([prediction.camera_id]).get(prediction.camera_id)
    count_shot(unit, predicted_shot(prediction))
    if unit.shots.get(prediction.snapshot_id).outcome is not Outcome.PREDICTED or not unit.predictions.add(prediction):
        return []
    log.info(
        "prediction.recorded",
        snapshot_id=prediction.snapshot_id,
        camera_id=prediction.camera_id,
        faces=len(prediction.faces),
    )
    camera = find_camera(unit, prediction.camera_id)
    if camera is None:
        return []
    count_faces(unit, camera, prediction)
    if newest is not None and newest.captured_at is not None and newest.captured_at > prediction.captured_at:
        log.info("prediction.overtaken", snapshot_id=prediction.snapshot_id, camera_id=camera.id)
        return []
    return _evaluate_rules(unit, camera, prediction, new_id=new_id) if camera.enabled else []


def end_event(
    unit: Unit, transition: Transition, *, rule: Rule | None, camera: Camera | None, reason: str = ""
) -> EventChange | None:
    """Store the end of an event, and of its alert; None where the transition ends nothing."""
    event, alert = transition.event, None
    if event is None or transition.change not in (Change.DROPPED, Change.RESOLVED):
        return None
    if transition.change is Change.DROPPED:
        unit.events.drop(event.id)
    else:
        unit.events.save(event)
        alert = unit.alerts.for_event(event.id)
        if alert is not None:
            alert = resolve(alert, event, rule, camera)
            unit.alerts.save(alert)
    return EventChange(change=transition.change, event=event, alert=alert, rule=rule, camera=camera, reason=reason)


def find_camera(unit: Unit, camera_id: str) -> Camera | None:
    """The camera, or None when it was removed meanwhile."""
    try:
        return unit.cameras.get(camera_id)
    except NotFound:
        return None


def _evaluate_rules(unit: Unit, camera: Camera, prediction: Prediction, *, new_id: NewId) -> list[EventChange]:
    faces = counting_faces(camera, prediction)
    open_events = {event.rule_id: event for event in unit.events.open(camera_id=camera.id, to_change=True)}
    changes: list[EventChange] = []
    for rule in unit.rules.list(enabled=True):
        if applies(rule, camera):
            changes += _evaluate_rule(unit, rule, camera, faces, prediction, open_events.get(rule.id), new_id=new_id)
    return changes


def _evaluate_rule(
    unit: Unit,
    rule: Rule,
    camera: Camera,
    faces: tuple[Face, ...],
    prediction: Prediction,
    event: Event | None,
    *,
    new_id: NewId,
) -> list[EventChange]:
    changes = []
    if event is not None:
        silent = close_silent(event, rule, prediction.captured_at)
        ended = end_event(unit, silent, rule=rule, camera=camera, reason="no_pictures")
        if ended is not None:
            changes.append(ended)
            event = None
    sight = Sight(camera_id=camera.id, snapshot_id=prediction.snapshot_id, captured_at=prediction.captured_at)
    transition = step(event, rule, read(rule, camera, faces, prediction), sight, new_id=new_id)
    change = _store(unit, transition, rule, camera, new_id=new_id)
    return changes if change is None else [*changes, change]


def _store(unit: Unit, transition: Transition, rule: Rule, camera: Camera, *, new_id: NewId) -> EventChange | None:
    event = transition.event
    if event is None or transition.change is Change.NONE:
        return None
    if transition.change in (Change.DROPPED, Change.RESOLVED):
        return end_event(unit, transition, rule=rule, camera=camera)
    unit.events.save(event)
    alert = _store_alert(unit, event, rule, camera, new_id=new_id) if event.state is EventState.FIRING else None
    return EventChange(change=transition.change, event=event, alert=alert, rule=rule, camera=camera)


def _store_alert(unit: Unit, event: Event, rule: Rule, camera: Camera, *, new_id: NewId) -> Alert:
    alert = unit.alerts.for_event(event.id)
    if alert is not None and alert.snapshot_id == event.snapshot_id:
        return alert
    image_key = unit.shots.get(event.snapshot_id).image_key or ""
    if alert is None:
        alert = raise_alert(event, rule, camera, image_key=image_key, new_id=new_id)
        unit.statistics.add(camera.id, alert.fired_at, alerts=1)
    else:
        alert = grow(alert, event, rule, camera, image_key=image_key)
    unit.alerts.save(alert)
    return alert
