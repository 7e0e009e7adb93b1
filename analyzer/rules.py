"""What a rule says of one picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.zones import faces_in_zone
from common.domain.camera import Camera
from common.domain.prediction import Face, Prediction
from common.domain.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Whether a rule's condition holds in a picture, and how many of its faces carry the rule's label."""

    holds: bool
    count: int


def applies(rule: Rule, camera: Camera) -> bool:
    """Whether the rule watches the camera: it names it, shares a tag with it, or names neither cameras nor tags."""
    if not rule.cameras and not rule.tags:
        return True
    return camera.id in rule.cameras or not set(rule.tags).isdisjoint(camera.tags)


def read(rule: Rule, camera: Camera, faces: Iterable[Face], prediction: Prediction) -> Reading:
    """The rule's condition on those of the picture's faces that count; outside the rule's schedule it is false."""
    if rule.zone is not None:
        faces = faces_in_zone(camera, rule.zone, faces, prediction)
    holds, count = rule.condition.holds([face.label for face in faces])
    if rule.schedule is not None and not rule.schedule.is_active(prediction.captured_at):
        holds = False
    return Reading(holds=holds, count=count)
