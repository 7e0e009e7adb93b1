"""People who come and go before cameras, and the predictions of them: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.prediction import CLASSES, Face, Label, Prediction
from common.domain.shot import image_key, shot_id

WIDTH, HEIGHT = 1920, 1080
FACE = 90.0  # pixels
LANES = 12  # beside each other: who stands in one hides nobody
PREDICTED_LATER = timedelta(seconds=0.3)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody's stay before a camera, in seconds."""

    begins: float
    ends: float
    lane: int
    label: Label


@dataclass(frozen=True, kw_only=True)
class Place:
    """A camera with who passes it."""

    camera_id: str
    visits: Sequence[Visit]

    def prediction(self, start: datetime, seconds: float) -> Prediction:
        """Of the picture taken so many seconds after `start`."""
        at = start + timedelta(seconds=seconds)
        there = [visit for visit in self.visits if visit.begins <= seconds < visit.ends]
        return Prediction(
            snapshot_id=shot_id(self.camera_id, at),
            camera_id=self.camera_id,
            scheduled_at=at,
            captured_at=at,
            predicted_at=at + PREDICTED_LATER,
            image_key=image_key(self.camera_id, at),
            width=WIDTH,
            height=HEIGHT,
            faces=tuple(_face(visit, self.camera_id, seconds) for visit in there),
            model={"detector": "yoloface-server@2", "classifier": "efficientnet-b0@2", "fit": None},
            timings_ms={"decode": 7.6, "detect": 25.5, "classify": 9.5},
        )


def busy_place(
    camera_id: str, *, seconds: float, people: int, seed: int, stay: tuple[float, float] = (8.0, 40.0)
) -> Place:
    """So many people within these seconds, each in a lane that was empty for a while, two of three without a mask."""
    chance = random.Random(f"{camera_id}/{seed}")
    free_at = [0.0] * LANES
    visits = []
    for begins in sorted(chance.uniform(0, seconds) for _ in range(people)):
        lane = min(range(LANES), key=free_at.__getitem__)
        ends = begins + chance.uniform(*stay)
        free_at[lane] = ends + 60
        label = chance.choice((Label.NO_MASK, Label.NO_MASK, Label.MASK_CORRECT))
        visits.append(Visit(begins=begins, ends=ends, lane=lane, label=label))
    return Place(camera_id=camera_id, visits=visits)


def pictures(places: Sequence[Place], *, start: datetime, seconds: float, interval: float) -> list[Prediction]:
    """Of all places, in the order of capture; the places' slots lie evenly within the interval."""
    offsets = [number * interval / len(places) for number in range(len(places))]
    slots = [number * interval for number in range(int(seconds / interval))]
    return [
        place.prediction(start, slot + offset) for slot in slots for place, offset in zip(places, offsets, strict=True)
    ]


def _face(visit: Visit, camera_id: str, seconds: float) -> Face:
    chance = random.Random(f"{camera_id}/{visit.lane}/{seconds}")
    x = 40 + visit.lane * (WIDTH - 80 - FACE) / (LANES - 1) + chance.uniform(-4, 4)
    y = HEIGHT / 2 + chance.uniform(-4, 4)
    sure = {label.value: 0.96 if label is visit.label else 0.02 for label in CLASSES}
    return Face(
        box=(x, y, x + FACE, y + FACE),
        score=0.9,
        landmarks=tuple((x + 15 * number, y + 40) for number in range(1, 6)),
        label=visit.label,
        probabilities=sure,
    )
