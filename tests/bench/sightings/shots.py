"""What a camera's shots of drawn traffic would be: faces, and whose they are."""

from __future__ import annotations

import math
import random
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analyzer.sightings.follow import Look
from bench.sightings.traffic import FALSE_FACES, HEIGHT, VISIBLE, WIDTH, Traffic, Visit
from common.appearances import COLOURS, FEATURES
from common.domain.prediction import Face, Label

START = datetime(2026, 1, 1, tzinfo=UTC)
# With these `likeness` is, in nats for one person and for two, as on filmed scenes: a median of 2.1 and of -1.5, and a
# tenth of the pairs below 0.8 and above 0.
IN_COMMON = 0.6  # of all people before a camera: its light and its background
FEATURE_NOISE, COLOUR_SPREAD, COLOUR_NOISE = 0.4, 14.0, 4.0
UNLIKE_ITSELF = 0.6  # some pictures are much worse than others: the spread of the logarithm of both noises


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture as it is followed, and who each face is (None: nobody)."""

    look: Look
    truth: tuple[int | None, ...]
    appearances: tuple[bytes, ...]


def shots_of(traffic: Traffic, *, every_seconds: float, phase: float = 0.0) -> list[Shot]:
    """A shot every so many seconds; the same for the same traffic."""
    draw = random.Random(traffic.seed * 1000 + int(10 * every_seconds))
    count = int((traffic.seconds + 300) / every_seconds)
    return [_shot(traffic, phase + number * every_seconds, draw) for number in range(count)]


def _shot(traffic: Traffic, seconds: float, draw: random.Random) -> Shot:
    faces: list[tuple[int | None, Face, bytes]] = []
    for number, visit in enumerate(traffic.visits):
        place = visit.at(seconds)
        if place is not None and draw.random() < VISIBLE:
            faces.append((number, _face(*place, visit, draw), _appearance(visit, draw)))
    if draw.random() < FALSE_FACES:
        x, y, size = draw.uniform(0, WIDTH), draw.uniform(0, HEIGHT), draw.uniform(15, 40)
        nobody = Visit(way=(), sways=(0, 0), aside=(), looks=tuple(draw.gauss(0, 1) for _ in range(32)), bare=True)
        faces.append((None, _face(x, y, size, nobody, draw), _appearance(nobody, draw)))
    look = Look(
        camera_id="traffic",
        snapshot_id=f"traffic-{seconds:.1f}",
        at=START + timedelta(seconds=seconds),
        width=WIDTH,
        height=HEIGHT,
        faces=tuple(enumerate(face for _, face, _ in faces)),
    )
    return Shot(look=look, truth=tuple(who for who, _, _ in faces), appearances=tuple(each for _, _, each in faces))


def _face(x: float, y: float, size: float, visit: Visit, draw: random.Random) -> Face:
    x, y = x + draw.gauss(0, 0.05 * size), y + draw.gauss(0, 0.05 * size)
    width, height = (0.45 * size * math.exp(draw.gauss(0, 0.05)), 0.55 * size * math.exp(draw.gauss(0, 0.05)))
    bare = min(0.98, max(0.02, draw.gauss(0.9 if visit.bare else 0.08, 0.15)))
    label = Label.NO_MASK if bare > 0.62 else Label.MASK_CORRECT if bare < 0.38 else Label.UNCERTAIN
    return Face(
        box=(x - width, y - height, x + width, y + height),
        score=draw.uniform(0.6, 0.95),
        landmarks=(),
        label=label,
        probabilities={Label.NO_MASK: bare, Label.MASK_INCORRECT: 0.0, Label.MASK_CORRECT: 1 - bare},
    )


def _appearance(visit: Visit, draw: random.Random) -> bytes:
    worse = math.exp(draw.gauss(0, UNLIKE_ITSELF))
    features = [each + IN_COMMON + FEATURE_NOISE * worse * draw.gauss(0, 1) for each in visit.looks[:FEATURES]]
    length = math.sqrt(sum(each * each for each in features))
    colours = [COLOUR_SPREAD * each + COLOUR_NOISE * worse * draw.gauss(0, 1) for each in visit.looks[FEATURES:]]
    numbers = [127 * each / length for each in features] + colours[:COLOURS]
    return array("b", [max(-127, min(127, round(each))) for each in numbers]).tobytes()
