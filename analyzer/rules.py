"""What a rule says of one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.sightings.follow import Look, Person
from common.domain.camera import Camera
from common.domain.prediction import Label
from common.domain.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Whether a rule's condition holds in a picture, and how many people in it carry the rule's label."""

    holds: bool
    count: int


def applies(rule: Rule, camera: Camera) -> bool:
    """Whether the rule watches the camera: it names it, a tag of it or its site, or none of these at all."""
    return rule.watches(camera)


def read(rule: Rule, look: Look, seen: Sequence[Person]) -> Reading:
    """The rule's condition on the people seen in a picture, one for each of its faces, in their order.

    Each carries the label that the pictures of them up to this one allow to say. Outside the rule's schedule it is
    false.
    """
    holds, count = rule.condition.holds(_labels(rule, look, seen))
    if holds and rule.schedule is not None and not rule.schedule.is_active(look.at):
        holds = False
    return Reading(holds=holds, count=count)


def _labels(rule: Rule, look: Look, seen: Sequence[Person]) -> list[Label]:
    return [
        person.label
        for position, person in enumerate(seen)
        if look.faces[position][1].size >= rule.min_face_px
        and (rule.zone is None or rule.zone in look.zones_of(position))
    ]
