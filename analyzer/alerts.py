"""Alerts from events: one for each that fired, with the sentence that a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.prediction import Label
from common.domain.rule import Rule, Trouble

_WHAT = {
    Label.NO_MASK: "without a mask",
    Label.MASK_INCORRECT: "wearing the mask wrongly",
    Label.MASK_CORRECT: "wearing the mask properly",
    Label.UNCERTAIN: "whose mask cannot be judged",
}
_TROUBLES = {
    Trouble.CAMERA_DOWN: "No picture can be taken",
    Trouble.CAMERA_DEGRADED: "Most pictures are no use",
    Trouble.NO_DATA: "Nothing is heard",
    Trouble.QUEUE_LAG: "Pictures wait too long to be judged",
}


def raise_alert(
    event: Event, rule: Rule, camera: Camera | None, *, image_key: str, again: Alert | None = None
) -> Alert:
    """The alert of an event that has just fired; `image_key` is of the event's snapshot.

    It has its event's id, the same whoever raises it and however often. One that was over fires `again` when late
    pictures show that it was not; what people made of it stays.
    """
    fresh = Alert(
        id=event.id,
        event_id=event.id,
        rule_id=rule.id,
        camera_id=event.camera_id,
        state=AlertState.FIRING,
        severity=rule.severity,
        summary=summarise(event, rule, camera),
        started_at=event.started_at,
        fired_at=event.fired_at or event.last_true_at,
        snapshot_id=event.snapshot_id,
        image_key=image_key,
        count=event.peak_count,
    )
    if again is None:
        return fresh
    return replace(
        fresh,
        id=again.id,
        acknowledged_at=again.acknowledged_at,
        acknowledged_by=again.acknowledged_by,
        is_false_positive=again.is_false_positive,
        note=again.note,
        group_id=again.group_id,
        snoozed_until=again.snoozed_until,
    )


def grow(alert: Alert, event: Event, rule: Rule, camera: Camera | None, *, image_key: str) -> Alert:
    """The alert with the event's newest peak: its picture, its count, its sentence."""
    return replace(
        alert,
        summary=summarise(event, rule, camera),
        started_at=event.started_at,
        fired_at=event.fired_at or alert.fired_at,
        snapshot_id=event.snapshot_id,
        image_key=image_key,
        count=event.peak_count,
    )


def resolve(alert: Alert, event: Event, rule: Rule | None, camera: Camera | None) -> Alert:
    """The alert with its event over; the sentence tells the whole time where rule and camera still exist."""
    is_gone = rule is None or (camera is None and event.camera_id)
    summary = alert.summary if rule is None or is_gone else summarise(event, rule, camera)
    resolved_at = event.resolved_at
    return replace(alert, state=AlertState.RESOLVED, resolved_at=resolved_at, summary=summary, reason=event.reason)


def withdraw(alert: Alert, event: Event) -> Alert:
    """The alert of an event that, as the pictures stand now, has not fired."""
    resolved_at = alert.resolved_at or event.evaluated_at
    return replace(alert, state=AlertState.RESOLVED, resolved_at=resolved_at, reason="withdrawn")


def summarise(event: Event, rule: Rule, camera: Camera | None) -> str:
    """For example "2 people without a mask for 6 s at Main door (Shop 1)"."""
    what = _what(event, rule)
    held = event.last_true_at - event.started_at
    how_long = f" for {_spoken(held)}" if held >= timedelta(seconds=1) else ""
    if camera is None:
        return f"{what}{how_long}"
    where = ", ".join(part for part in (camera.site, camera.location) if part)
    return f"{what}{how_long} at {camera.name}" + (f" ({where})" if where else "")


def _what(event: Event, rule: Rule) -> str:
    if rule.condition.trouble is not None:
        return _TROUBLES[rule.condition.trouble]
    who = "1 person" if event.peak_count == 1 else f"{event.peak_count} people"
    what = _WHAT[rule.condition.label]
    if rule.condition.share_above is not None:
        what += f" (more than {rule.condition.share_above:.0%} of the faces)"
    return f"{who} {what}"


def _spoken(duration: timedelta) -> str:
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
