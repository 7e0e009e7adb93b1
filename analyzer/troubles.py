"""Rules that watch cameras and queues instead of faces; looked at in every sweep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter, ValidationError

from analyzer.accounting import count_alerts
from analyzer.changes import EventChange, Notice, nobody_told, store_events, tell_turns
from analyzer.history.turns import turns
from analyzer.machine import Change, Sight, close_silent, step
from analyzer.rules import Reading, applies
from analyzer.tally import Tally
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.rule import Rule, Trouble
from common.domain.shot import Outcome, Shot
from common.domain.status import CameraState, CameraStatus, status_key
from common.ports.coordination import Coordination
from common.ports.repository import Unit

log = structlog.get_logger(__name__)

LOOKED_BACK = timedelta(hours=1)  # at shots; what was last heard of a camera before that says nothing of it now
REPORT = timedelta(seconds=30)  # a shot is reported at most this long after its slot, unless something is wrong
NOBODY = ""  # the camera of events that are of the whole installation

_STATUS = TypeAdapter(CameraStatus)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of the cameras now."""

    now: datetime
    due: frozenset[str]  # cameras of which shots are expected
    tried: Mapping[str, Shot]  # by camera, the newest shot that was not skipped
    heard: Mapping[str, Shot]  # by camera, the newest shot
    degraded: frozenset[str]  # cameras
    oldest_waiting: Shot | None  # that was taken and is not predicted yet


def look_for_trouble(
    unit: Unit, coordination: Coordination, *, now: datetime, notice: Notice = nobody_told
) -> list[EventChange]:
    """Move the events of the rules about trouble on to `now`."""
    rules = {rule.id: rule for rule in unit.rules.list(enabled=True) if rule.condition.trouble is not None}
    if not rules:
        return []
    cameras = {camera.id: camera for camera in unit.cameras.list(enabled=True)}
    due = {camera_id for camera_id, camera in cameras.items() if _is_due(camera, now)}
    facts = gather(unit, coordination, sorted(due), {rule.condition.trouble for rule in rules.values()}, now)
    before = {event.id: event for rule in rules for event in unit.events.open(rule_id=rule, to_change=True)}
    after = {
        event.id: event
        for rule in rules.values()
        for event in _look(rule, list(cameras.values()), before.values(), facts)
    }
    tally = Tally()
    count_alerts(before, after, rules, tally)
    store_events(unit, before, after)
    told = [(turn, cameras.get(turn.event.camera_id)) for turn in turns(before, after)]
    changes = tell_turns(unit, told, rules, now=now, notice=notice)
    tally.write(unit)
    return changes


def gather(
    unit: Unit, coordination: Coordination, camera_ids: Sequence[str], troubles: set[Trouble | None], now: datetime
) -> Facts:
    """What must be known to tell whether these cameras have such troubles."""
    after = now - LOOKED_BACK
    return Facts(
        now=now,
        tried=unit.shots.newest(camera_ids, after=after, skipped=False) if Trouble.CAMERA_DOWN in troubles else {},
        heard=unit.shots.newest(camera_ids, after=after) if Trouble.NO_DATA in troubles else {},
        due=frozenset(camera_ids),
        degraded=_degraded(coordination, camera_ids) if Trouble.CAMERA_DEGRADED in troubles else frozenset(),
        oldest_waiting=unit.shots.oldest_waiting(camera_ids, after=after) if Trouble.QUEUE_LAG in troubles else None,
    )


def has_trouble(rule: Rule, camera: Camera | None, facts: Facts) -> bool:
    """Whether there is the trouble that the rule is about, on the camera or (None) anywhere.

    For how long there was is not asked here: that is the event's part, which a restart does not forget.
    """
    if camera is None:
        waiting, bound = facts.oldest_waiting, timedelta(seconds=rule.condition.seconds_above)
        return waiting is not None and facts.now - waiting.scheduled_at > bound
    if camera.id not in facts.due:
        return False
    if rule.condition.trouble is Trouble.CAMERA_DOWN:
        tried = facts.tried.get(camera.id)
        return tried is not None and tried.outcome is Outcome.FAILED
    if rule.condition.trouble is Trouble.CAMERA_DEGRADED:
        return camera.id in facts.degraded
    heard = facts.heard.get(camera.id)
    awaited = timedelta(seconds=camera.interval_seconds) + REPORT
    return heard is None or facts.now - heard.scheduled_at > awaited


def _look(rule: Rule, cameras: Sequence[Camera], before: Collection[Event], facts: Facts) -> list[Event]:
    """The rule's events after a look at each place: those open, and those that end now."""
    known = {event.camera_id: event for event in before if event.rule_id == rule.id}
    is_everywhere = rule.condition.trouble is Trouble.QUEUE_LAG
    places: list[Camera | None] = [None] if is_everywhere else [each for each in cameras if applies(rule, each)]
    found: list[Event] = []
    for camera in places:
        event = known.get(NOBODY if camera is None else camera.id)
        holds = has_trouble(rule, camera, facts) and (rule.schedule is None or rule.schedule.is_active(facts.now))
        if holds or event is not None:
            found += _move(event, _lasting(rule), NOBODY if camera is None else camera.id, facts.now, holds=holds)
    return sorted(found, key=lambda event: event.resolved_at is None)


def _move(event: Event | None, rule: Rule, camera_id: str, now: datetime, *, holds: bool) -> list[Event]:
    over: list[Event] = []
    if event is not None:
        silent = close_silent(event, rule, now)  # nobody swept for a while: what was not seen is not claimed
        if silent.change is not Change.NONE:
            over = [silent.event] if silent.change is Change.RESOLVED and silent.event else []
            event = None
    sight = Sight(camera_id=camera_id, snapshot_id="", captured_at=now)
    transition = step(event, rule, Reading(holds=holds, count=int(holds)), sight)
    is_gone = transition.event is None or transition.change is Change.DROPPED
    return over if is_gone or transition.event is None else [*over, transition.event]


def _lasting(rule: Rule) -> Rule:
    """The rule with the time that a camera's trouble must last; the queues' is a matter of how long pictures wait."""
    if rule.condition.trouble is Trouble.QUEUE_LAG:
        return rule
    return replace(rule, for_seconds=rule.for_seconds + rule.condition.seconds_above)


def _is_due(camera: Camera, now: datetime) -> bool:
    """Whether shots of the camera were expected for so long that they should have been heard of."""
    if camera.schedule is None:
        return True
    before = now - timedelta(seconds=camera.interval_seconds) - REPORT
    return camera.schedule.is_active(now) and camera.schedule.is_active(before)


def _degraded(coordination: Coordination, camera_ids: Sequence[str]) -> frozenset[str]:
    found = coordination.get_many([status_key(camera_id) for camera_id in camera_ids])
    said = [_read(camera_id, value) for camera_id, value in zip(camera_ids, found, strict=True) if value is not None]
    return frozenset(each.camera_id for each in said if each and each.state is CameraState.DEGRADED)


def _read(camera_id: str, value: bytes) -> CameraStatus | None:
    try:
        return _STATUS.validate_json(value)
    except ValidationError:  # of a grabber of another version
        log.warning("camera.status_unreadable", camera_id=camera_id)
        return None
