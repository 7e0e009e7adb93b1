"""What people say of what the model said: each face judged is an example that training can learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from common.domain.alert import Alert
from common.domain.crop import crop_key
from common.domain.feedback import Feedback, feedback_id
from common.domain.prediction import Label, Prediction
from common.domain.shot import shows_blurred
from common.errors import NotFound
from common.imaging import cut_example, decode
from common.ports.repository import Unit
from console.alerts import mark_false_positive
from console.context import Console
from console.errors import FieldError, InvalidForm
from console.feedback_form import NO_FACE, VerdictForm

log = structlog.get_logger(__name__)

CROPS = "feedback/"  # keys of the crops begin so: retention and reconcile of snapshots leave them alone


def judge_face(console: Console, snapshot_id: str, face: int, form: VerdictForm, *, by: str) -> Feedback:
    """Say of one face what it is; the last word stands. Raises NotFound, InvalidForm."""
    with console.repository.begin() as unit:
        prediction = unit.predictions.get(snapshot_id)
    if not 0 <= face < len(prediction.faces):
        raise NotFound(f"the picture has no face {face}; it has {len(prediction.faces)}")
    meant = _meant(form, prediction.faces[face].label)
    return _save(console, prediction, [face], meant, by=by, alert_id="")[0]


def judge_alert(console: Console, alert_id: str, form: VerdictForm, *, by: str) -> tuple[Alert, list[Feedback]]:
    """Say of an alert whether it was right; where it was wrong and one says what is there, that is said of its faces.

    Its faces are those of its picture that carry the rule's label. Raises NotFound, InvalidForm.
    """
    with console.repository.begin() as unit:
        alert = unit.alerts.get(alert_id)
        prediction = unit.predictions.get_many([alert.snapshot_id]).get(alert.snapshot_id)
        label = _rule_label(unit, alert.rule_id)
    concerned = [place for place, face in enumerate(prediction.faces) if face.label is label] if prediction else []
    examples: list[Feedback] = []
    if prediction is not None and label is not None and concerned and (form.verdict == "right" or form.label):
        meant = _meant(form, label)
        examples = _save(console, prediction, concerned, meant, by=by, alert_id=alert_id)
    is_wrong = form.verdict == "wrong"
    return mark_false_positive(console, alert_id, by=by, is_false_positive=is_wrong), examples


def _meant(form: VerdictForm, said: Label) -> Label | None:
    """The person's label; None: no face."""
    if form.verdict == "right":
        if said is Label.UNCERTAIN or form.label not in (None, said.value):
            raise InvalidForm(
                [FieldError(field="label", message=f"the model said {said.value}: that is not to be right")]
            )
        return said
    if form.label is None:
        raise InvalidForm([FieldError(field="label", message="is missing: what is it then?")])
    if form.label == said.value:
        raise InvalidForm([FieldError(field="label", message="is what the model said: then it was right")])
    return None if form.label == NO_FACE else Label(form.label)


def _save(
    console: Console, prediction: Prediction, faces: Sequence[int], meant: Label | None, *, by: str, alert_id: str
) -> list[Feedback]:
    examples, now = _examples(console, prediction, faces), console.clock()
    judged = [_feedback(prediction, face, meant, by=by, alert_id=alert_id, at=now) for face in faces]
    for said in judged:
        if said.face in examples:
            console.store.put(_crop_key(said), examples[said.face])
    with console.repository.begin() as unit:
        for number, said in enumerate(judged):
            key = _crop_key(said) if said.face in examples else _earlier_crop(unit, said.id)
            judged[number] = replace(said, crop_key=key)
            unit.feedback.save(judged[number])
    log.info("faces.judged", snapshot_id=prediction.snapshot_id, faces=len(judged), user=by, alert_id=alert_id)
    return judged


def _feedback(
    prediction: Prediction, face: int, meant: Label | None, *, by: str, alert_id: str, at: datetime
) -> Feedback:
    return Feedback(
        id=feedback_id(prediction.snapshot_id, face),
        snapshot_id=prediction.snapshot_id,
        camera_id=prediction.camera_id,
        face=face,
        box=prediction.faces[face].box,
        said=prediction.faces[face].label,
        meant=meant,
        alert_id=alert_id,
        model=prediction.model.get("classifier") or "",
        by=by,
        at=at,
    )


def _examples(console: Console, prediction: Prediction, faces: Sequence[int]) -> dict[int, bytes]:
    """The faces as JPEG, by their place; without those that may not be kept, or are gone.

    Where pictures stay only with blurred faces, what was kept of a face for a while may stay for training.
    """
    if not console.keeps_crops:
        return {}
    with console.repository.begin() as unit:
        camera = unit.cameras.get_many([prediction.camera_id]).get(prediction.camera_id)
        shot = unit.shots.get(prediction.snapshot_id)
    if shot.image_key and shows_blurred(shot):
        kept = {face: _stored(console, crop_key(shot.image_key, face)) for face in faces}
        return {face: crop for face, crop in kept.items() if crop is not None}
    if camera is None or camera.blur_faces or not shot.image_key:
        return {}
    jpeg = _stored(console, shot.image_key)
    if jpeg is None:
        return {}
    picture = decode(jpeg)
    return {face: cut_example(picture, prediction.faces[face].box) for face in faces}


def _stored(console: Console, key: str) -> bytes | None:
    try:
        return console.store.get(key)
    except NotFound:
        return None


def _crop_key(said: Feedback) -> str:
    return f"{CROPS}{said.camera_id}/{said.id}.jpg"


def _earlier_crop(unit: Unit, feedback_id: str) -> str:
    """What was kept when the face was judged before."""
    try:
        return unit.feedback.get(feedback_id).crop_key
    except NotFound:
        return ""


def _rule_label(unit: Unit, rule_id: str) -> Label | None:
    """Which faces the rule is about; None: it is about none, or was removed."""
    try:
        condition = unit.rules.get(rule_id).condition
    except NotFound:
        return None
    return None if condition.trouble else condition.label
