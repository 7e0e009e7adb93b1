"""The life of an event as pure functions: nothing here knows a clock or a database.

inactive -> pending    the condition holds
pending  -> firing     it has held for `for_seconds`, by the capture times of the pictures (0: at once)
pending  -> inactive   it does not hold: the event is dropped
firing   -> resolved   it has not held for `keep_firing_seconds`
pending, firing -> closed   no picture came for `silence_limit`; what was not seen is not claimed
resolved               final; the next time the condition holds begins a new event
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from analyzer.rules import Reading
from common.domain.event import Event, EventState
from common.domain.rule import Rule

SILENCE_SECONDS = 60.0  # shorter gaps are a camera that reconnects, or shots that are far apart


class Change(StrEnum):
    """What a picture did to an event."""

    NONE = "none"  # there is none, or the picture is older than what was evaluated already
    STARTED = "started"
    CONTINUED = "continued"
    FIRED = "fired"
    DROPPED = "dropped"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"  # it fired, but with the pictures that came late it has not


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A change and the event after it; a dropped event as it last was."""

    change: Change
    event: Event | None


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Which picture a reading is of, or which look at what is no picture."""

    camera_id: str  # empty: of the whole installation
    snapshot_id: str  # empty: no picture
    captured_at: datetime


def event_id(rule_id: str, camera_id: str, first: str) -> str:
    """The same for whoever evaluates the first picture of an event (`first`: its snapshot), and however often."""
    return hashlib.blake2b(f"{rule_id}/{camera_id}/{first}".encode(), digest_size=8).hexdigest()


def step(event: Event | None, rule: Rule, reading: Reading, sight: Sight) -> Transition:
    """The rule's open event on the camera (None: inactive) after one more picture.

    A picture that is not newer than the event's last one changes nothing, so duplicates are harmless.
    """
    if event is None:
        return _begin(rule, reading, sight) if reading.holds else _unchanged(None)
    if sight.captured_at <= event.evaluated_at:
        return _unchanged(event)
    event = replace(event, evaluated_at=sight.captured_at)
    if not reading.holds:
        return _not_holding(event, rule, sight)
    event = _seen(event, reading, sight)
    if event.state is EventState.PENDING and _has_held(event, rule):
        return Transition(change=Change.FIRED, event=_fired(event, sight))
    return Transition(change=Change.CONTINUED, event=event)


def silence_limit(rule: Rule) -> timedelta:
    """How long an event outlives the last picture."""
    return timedelta(seconds=max(rule.keep_firing_seconds, SILENCE_SECONDS))


def close_silent(event: Event, rule: Rule, now: datetime) -> Transition:
    """The event after no picture was evaluated up to `now`: unchanged until the silence limit is over.

    It ends at the limit, not at `now`: the answer is the same whoever notices first, the sweep or the next picture.
    """
    end = event.evaluated_at + silence_limit(rule)
    return close(event, end, reason="no_pictures") if now > end else _unchanged(event)


def close(event: Event, at: datetime, *, reason: str = "") -> Transition:
    """End an open event: a firing one is resolved, a pending one dropped."""
    if event.state is EventState.PENDING:
        return Transition(change=Change.DROPPED, event=event)
    resolved = replace(event, state=EventState.RESOLVED, resolved_at=at, reason=reason)
    return Transition(change=Change.RESOLVED, event=resolved)


def _unchanged(event: Event | None) -> Transition:
    return Transition(change=Change.NONE, event=event)


def _begin(rule: Rule, reading: Reading, sight: Sight) -> Transition:
    event = Event(
        id=event_id(rule.id, sight.camera_id, sight.snapshot_id or sight.captured_at.isoformat()),
        rule_id=rule.id,
        camera_id=sight.camera_id,
        state=EventState.PENDING,
        started_at=sight.captured_at,
        last_true_at=sight.captured_at,
        evaluated_at=sight.captured_at,
        peak_count=reading.count,
        snapshot_id=sight.snapshot_id,
    )
    if _has_held(event, rule):
        return Transition(change=Change.FIRED, event=_fired(event, sight))
    return Transition(change=Change.STARTED, event=event)


def _not_holding(event: Event, rule: Rule, sight: Sight) -> Transition:
    if event.state is EventState.PENDING:
        return Transition(change=Change.DROPPED, event=event)
    if sight.captured_at - event.last_true_at >= timedelta(seconds=rule.keep_firing_seconds):
        return close(event, sight.captured_at)
    return Transition(change=Change.CONTINUED, event=event)


def _seen(event: Event, reading: Reading, sight: Sight) -> Event:
    event = replace(event, last_true_at=sight.captured_at)
    if reading.count > event.peak_count:
        event = replace(event, peak_count=reading.count, snapshot_id=sight.snapshot_id)
    return event


def _has_held(event: Event, rule: Rule) -> bool:
    return event.last_true_at - event.started_at >= timedelta(seconds=rule.for_seconds)


def _fired(event: Event, sight: Sight) -> Event:
    return replace(event, state=EventState.FIRING, fired_at=sight.captured_at)
