"""What the API answers, as plain values that become JSON."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.crop import KEPT
from common.domain.event import Event
from common.domain.prediction import Label, Prediction
from common.domain.rule import Rule
from common.domain.shot import Shot, read_image_key, shows_blurred
from common.domain.user import Token, User
from console.camera_form import camera_fields
from console.rule_form import rule_fields

_alerts, _events, _predictions = TypeAdapter(Alert), TypeAdapter(Event), TypeAdapter(Prediction)


def camera_json(camera: Camera) -> dict[str, Any]:
    """A camera; of its password only whether there is one."""
    return {
        "id": camera.id,
        **camera_fields(camera),
        "has_password": camera.password is not None,
        "revision": camera.revision,
        "created_at": camera.created_at,
    }


def rule_json(rule: Rule) -> dict[str, Any]:
    """A rule."""
    return {"id": rule.id, **rule_fields(rule)}


def shot_json(shot: Shot, prediction: Prediction | None) -> dict[str, Any]:
    """A snapshot, with its faces once it was predicted."""
    return {
        "id": shot.id,
        "camera_id": shot.camera_id,
        "scheduled_at": shot.scheduled_at,
        "captured_at": shot.captured_at,
        "outcome": shot.outcome.value,
        "reason": shot.reason,
        "width": shot.width,
        "height": shot.height,
        "image": f"/api/v1/snapshots/{shot.id}/image.jpg" if shot.image_key else None,
        "is_blurred": shows_blurred(shot),
        "crops": crops_json(prediction),
        "prediction": prediction and prediction_json(prediction),
    }


def crops_json(prediction: Prediction | None) -> list[dict[str, Any]]:
    """Faces that were kept beside a blurred picture, as far as their time is not over: for operators."""
    parts = read_image_key(prediction.image_key) if prediction else None
    if prediction is None or parts is None or not parts.is_blurred:
        return []
    at_fault = [place for place, face in enumerate(prediction.faces) if face.label in KEPT]
    path = f"/api/v1/snapshots/{prediction.snapshot_id}/crops"
    return [{"face": place, "image": f"{path}/{place}.jpg"} for place in at_fault]


def prediction_json(prediction: Prediction) -> dict[str, Any]:
    """Faces by label, and each face."""
    found: dict[str, Any] = _predictions.dump_python(prediction, mode="json")
    counts = prediction.count()
    kept = {
        key: found[key]
        for key in ("snapshot_id", "camera_id", "captured_at", "predicted_at", "width", "height", "model", "timings_ms")
    }
    return {**kept, "counts": {label.value: counts[label] for label in Label}, "faces": found["faces"]}


def event_json(event: Event) -> dict[str, Any]:
    """An event."""
    found: dict[str, Any] = _events.dump_python(event, mode="json")
    return found


def alert_json(alert: Alert, camera: Camera | None, rule: Rule | None) -> dict[str, Any]:
    """An alert with its place; where its camera or rule was removed, their names are null."""
    found: dict[str, Any] = _alerts.dump_python(alert, mode="json")
    found.pop("image_key")
    place = {
        "camera": camera and camera.name,
        "site": camera.site if camera else "",
        "location": camera.location if camera else "",
        "rule": rule and rule.name,
        "image": f"/api/v1/alerts/{alert.id}/image.jpg" if alert.image_key else None,
    }
    return found | place


def user_json(user: User) -> dict[str, Any]:
    """A user without the password's hash."""
    return {
        "id": user.id,
        "name": user.name,
        "role": user.role.value,
        "sites": list(user.sites),
        "tags": list(user.tags),
        "is_limited": user.reach.is_limited,
        "has_password": bool(user.password_hash),  # else they log in at an identity provider or a proxy
        "created_at": user.created_at,
    }


def token_json(token: Token, user: User | None) -> dict[str, Any]:
    """A token without its secret."""
    return {
        "id": token.id,
        "name": token.name,
        "user": user and user.name,
        "role": token.role and token.role.value,  # at most this; null: the user's
        "scopes": list(token.scopes),  # empty: all that the user may
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
    }


def session_json(token: Token, *, current: str) -> dict[str, Any]:
    """A browser's session."""
    return {
        "id": token.id,
        "address": token.address,
        "created_at": token.created_at,
        "used_at": token.used_at or token.created_at,
        "expires_at": token.expires_at,
        "is_current": token.id == current,
    }
