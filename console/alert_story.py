"""What made an alert: its event, the rule as it is now, and which faces of its picture the rule was about."""

from __future__ import annotations

from typing import Any

from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.event import Event
from common.domain.feedback import feedback_id
from common.domain.prediction import Label, Prediction
from common.domain.rule import Rule
from common.domain.watched import WatchedFace, concerned, faces_of_rule
from common.errors import NotFound
from common.ports.repository import Unit
from console.feedback_form import feedback_json
from console.views import crops_json, event_json, prediction_json, rule_json


def story_json(unit: Unit, alert: Alert, camera: Camera | None, rule: Rule | None) -> dict[str, Any]:
    """`event`, `definition` (the rule) and `picture`; each null where it is gone."""
    event = unit.events.get_many([alert.event_id]).get(alert.event_id)
    prediction = unit.predictions.get_many([alert.snapshot_id]).get(alert.snapshot_id) if alert.snapshot_id else None
    return {
        "event": event and event_json(event),
        "definition": rule and rule_json(rule),
        "picture": prediction and _picture(unit, prediction, camera, rule, event),
    }


def _picture(
    unit: Unit, prediction: Prediction, camera: Camera | None, rule: Rule | None, event: Event | None
) -> dict[str, Any]:
    """Its faces, each with whether the rule looked at it, whether it is one of those it fired for, and what was said
    of it; and the counts that the rule's bound is compared with."""
    looked_at = faces_of_rule(rule, camera, prediction) if rule and camera else []
    meant = {one.place for one in concerned(rule, looked_at)} if rule else set()
    seen = {one.place for one in looked_at}
    faces = [
        {**face, "place": place, "is_watched": place in seen, "is_concerned": place in meant, "feedback": said}
        for place, face in enumerate(prediction_json(prediction)["faces"])
        for said in [_said(unit, prediction, place)]
    ]
    return {
        "snapshot_id": prediction.snapshot_id,
        "captured_at": prediction.captured_at,
        "width": prediction.width,
        "height": prediction.height,
        "faces": faces,
        "crops": crops_json(prediction),
        "is_peak": event is not None and event.snapshot_id == prediction.snapshot_id,
        **_measured(rule, looked_at),
    }


def _measured(rule: Rule | None, looked_at: list[WatchedFace]) -> dict[str, Any]:
    labels = [one.face.label for one in looked_at]
    certain = sum(label is not Label.UNCERTAIN for label in labels)
    matching = sum(label is rule.condition.label for label in labels) if rule else 0
    share = matching / certain if certain else None
    return {"watched": len(labels), "certain": certain, "matching": matching, "share": share}


def _said(unit: Unit, prediction: Prediction, place: int) -> dict[str, Any] | None:
    try:
        return feedback_json(unit.feedback.get(feedback_id(prediction.snapshot_id, place)))
    except NotFound:
        return None
