"""A person in view, as far as the pictures up to now tell."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from common.domain.prediction import Box, Label
from common.domain.sighting import Sighting

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """A picture of a person."""

    snapshot_id: str
    box: Box  # their face there, in pixels
    score: float  # how good it is of them, 0..1


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is there, or was until a moment ago. All of it can be written as JSON."""

    id: str  # of the first picture of them, and their face there
    began_at: datetime
    seen_at: datetime
    shots: int  # in which they were seen
    misses: int = 0  # pictures since, in which they were not
    box: Box  # where they were last seen, in pixels
    course: Point = (0.0, 0.0)  # in which they moved there, pixels per second
    evidence: tuple[float, float, float] = (0.0, 0.0, 0.0)  # of the classes, in their order: log probabilities
    label: Label = Label.UNCERTAIN  # what the evidence allows to say
    zones: tuple[str, ...] = ()  # in which they were seen
    best: Portrait
    appearances: tuple[tuple[str, int], ...] = ()  # the newest few: snapshot, and place of the face in its prediction

    @property
    def center(self) -> Point:
        """The middle of their face where it was last seen, in pixels."""
        x1, y1, x2, y2 = self.box
        return (x1 + x2) / 2, (y1 + y2) / 2

    @property
    def size(self) -> float:
        """The geometric mean of its sides, in pixels."""
        return size_of(self.box)


def size_of(box: Box) -> float:
    """The geometric mean of a box's sides, in pixels; at least 1."""
    x1, y1, x2, y2 = box
    return math.sqrt(max(1.0, x2 - x1) * max(1.0, y2 - y1))


def sighting_of(person: Person, camera_id: str) -> Sighting:
    """What is kept of them."""
    return Sighting(
        id=person.id,
        camera_id=camera_id,
        began_at=person.began_at,
        seen_at=person.seen_at,
        shots=person.shots,
        label=person.label,
        zones=person.zones,
        snapshot_id=person.best.snapshot_id,
        box=person.best.box,
        score=person.best.score,
    )


def references(people: Iterable[Person]) -> set[str]:
    """The snapshots whose appearances are needed to know these people again."""
    return {snapshot_id for person in people for snapshot_id, _ in person.appearances}
