"""The worst moment of a video: known only at the end, so its one frame is decoded again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from common.domain.prediction import CLASSES, Face, Label, PictureResult
from model_api.arrays import Pixels
from model_api.draw import draw_faces, to_jpeg
from model_api.moderation.frames import Frame
from model_api.moderation.report import Moment, Person
from model_api.moderation.segments import VIOLATIONS
from model_api.moderation.tracker import Sighting, Track

LONGEST_SIDE = 720  # pixels of its picture
QUALITY = 80


def worst_sightings(people: Sequence[tuple[Track, Person]]) -> list[Sighting]:
    """Everybody in the frame with most people without a mask, then with one worn wrongly; empty without a segment.

    Who is counted is within a segment there: what one frame alone says is not believed here either.
    """
    frames: Mapping[int, list[Sighting]] = defaultdict(list)
    violations: Mapping[int, list[Sighting]] = defaultdict(list)
    for track, person in people:
        for sighting in track.sightings:
            frames[sighting.frame].append(sighting)
            if _is_within(sighting, person):
                violations[sighting.frame].append(sighting)
    if not violations:
        return []
    return frames[max(violations, key=lambda frame: (_badness(violations[frame]), -frame))]


def show_moment(frame: Frame, sightings: Sequence[Sighting]) -> Moment:
    """The frame with the faces drawn on."""
    faces = tuple(_face(sighting) for sighting in sightings)
    drawn = draw_faces(frame.pixels, PictureResult(faces=faces))
    counts = Counter(sighting.label for sighting in sightings)
    return Moment(
        seconds=frame.seconds,
        counts={label.value: counts[label] for label in Label},
        picture=to_jpeg(_shrink(drawn, LONGEST_SIDE), quality=QUALITY),
    )


def _is_within(sighting: Sighting, person: Person) -> bool:
    return any(
        sighting.label is segment.label and segment.start_seconds <= sighting.seconds < segment.end_seconds
        for segment in person.segments
    )


def _badness(sightings: Sequence[Sighting]) -> tuple[float, ...]:
    counts = [sum(sighting.label is label for sighting in sightings) for label in VIOLATIONS]
    return (*counts, sum(sighting.probabilities[CLASSES.index(sighting.label)] for sighting in sightings))


def _face(sighting: Sighting) -> Face:
    shares = zip((label.value for label in CLASSES), sighting.probabilities, strict=True)
    return Face(box=sighting.box, score=sighting.score, landmarks=(), label=sighting.label, probabilities=dict(shares))


def _shrink(picture: Pixels, longest: int) -> Pixels:
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
