"""Alerts from events: one for each that fired, with the sentence that a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from common.domain.alert import Alert, AlertState
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.prediction import Label
from common.domain.rule import Rule
from common.ports.clock import NewId

_WHAT = {
    Label.NO_MASK: "without a mask",
    Label.MASK_INCORRECT: "wearing the mask wrongly",
    Label.MASK_CORRECT: "wearing the mask properly",
    Label.UNCERTAIN: "whose mask cannot be judged",
}


def raise_alert(event: Event, rule: Rule, camera: Camera, *, image_key: str, new_id: NewId) -> Alert:
    """The alert of an event that has just fired; `image_key` is of the event's snapshot."""
    return Alert(
        id=new_id(),
        event_id=event.id,
        rule_id=rule.id,
        camera_id=camera.id,
        state=AlertState.FIRING,
        severity=rule.severity,
        summary=summarise(event, rule, camera),
        fired_at=event.fired_at or event.last_true_at,
        snapshot_id=event.snapshot_id,
        image_key=image_key,
        count=event.peak_count,
    )


def grow(alert: Alert, event: Event, rule: Rule, camera: Camera, *, image_key: str) -> Alert:
    """The alert with the event's newest peak: its picture, its count, its sentence."""
    return replace(
        alert,
        summary=summarise(event, rule, camera),
        snapshot_id=event.snapshot_id,
        image_key=image_key,
        count=event.peak_count,
    )


def resolve(alert: Alert, event: Event, rule: Rule | None, camera: Camera | None) -> Alert:
    """The alert with its event over; the sentence tells the whole time where rule and camera still exist."""
    summary = alert.summary if rule is None or camera is None else summarise(event, rule, camera)
    return replace(alert, state=AlertState.RESOLVED, resolved_at=event.resolved_at, summary=summary)


def summarise(event: Event, rule: Rule, camera: Camera) -> str:
    """For example "2 people without a mask for 6 s at Main door (Shop 1)"."""
    who = "1 person" if event.peak_count == 1 else f"{event.peak_count} people"
    what = _WHAT[rule.condition.label]
    if rule.condition.share_above is not None:
        what += f" (more than {rule.condition.share_above:.0%} of the faces)"
    held = event.last_true_at - event.started_at
    how_long = f" for {_spoken(held)}" if held >= timedelta(seconds=1) else ""
    where = ", ".join(part for part in (camera.site, camera.location) if part)
    return f"{who} {what}{how_long} at {camera.name}" + (f" ({where})" if where else "")


def _spoken(duration: timedelta) -> str:
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
