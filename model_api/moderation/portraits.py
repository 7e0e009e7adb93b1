"""The pictures of a report, cut while the frames pass by: afterwards they are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np

from common.domain.prediction import CLASSES, Label, PictureResult
from model_api.arrays import Pixels
from model_api.crops import crop_face
from model_api.draw import draw_faces, to_jpeg
from model_api.moderation.frames import Frame
from model_api.moderation.report import Moment
from model_api.moderation.segments import VIOLATIONS
from model_api.moderation.tracker import Sighting, Track

PORTRAIT_PIXELS = 112
PORTRAIT_SCALE = 1.6  # of the face's box: the hair and the chin are on it
MOMENT_PIXELS = 720  # longest side
QUALITY = 80

Worth = tuple[float, ...]  # compared place by place


class Portraits:
    """Of each person and label the picture worth most, and of the video its worst frame."""

    def __init__(self) -> None:
        self._best: dict[tuple[int, Label], tuple[float, bytes]] = {}
        self._worst: tuple[Worth, Moment] | None = None

    def add(self, frame: Frame, result: PictureResult, seen: Sequence[tuple[Track, Sighting]]) -> None:
        """Look at one frame; `seen`: its faces, and whose they are."""
        for track, sighting in seen:
            worth = _portrait_worth(sighting)
            known = self._best.get((track.id, sighting.label))
            if known is None or worth > known[0]:
                cut = crop_face(frame.pixels, sighting.box, scale=PORTRAIT_SCALE, size=PORTRAIT_PIXELS, replicate=True)
                self._best[track.id, sighting.label] = worth, to_jpeg(cut, quality=QUALITY)
        moment_worth = _moment_worth([sighting for _, sighting in seen])
        if any(moment_worth[:2]) and (self._worst is None or moment_worth > self._worst[0]):
            self._worst = moment_worth, _moment(frame, result)

    def of(self, track: Track, label: Label) -> bytes:
        """The person's picture that shows this label; of one who never had it, the best of all."""
        worth_and_picture = self._best.get((track.id, label))
        if worth_and_picture is None:
            worth_and_picture = max(found for (person, _), found in self._best.items() if person == track.id)
        return worth_and_picture[1]

    @property
    def worst(self) -> Moment | None:
        """None where nobody was without a mask."""
        return self._worst[1] if self._worst else None


def _portrait_worth(sighting: Sighting) -> float:
    return max(sighting.probabilities) * sighting.score * min(sighting.size, PORTRAIT_PIXELS)


def _moment_worth(sightings: Sequence[Sighting]) -> Worth:
    counts = [sum(sighting.label is label for sighting in sightings) for label in VIOLATIONS]
    sureness = sum(
        sighting.probabilities[CLASSES.index(sighting.label)] for sighting in sightings if sighting.label in VIOLATIONS
    )
    return (*counts, sureness)


def _moment(frame: Frame, result: PictureResult) -> Moment:
    drawn = draw_faces(frame.pixels, result)
    counts = Counter(face.label.value for face in result.faces)
    picture = to_jpeg(_shrink(drawn, MOMENT_PIXELS), quality=QUALITY)
    return Moment(seconds=frame.seconds, counts={label.value: counts[label.value] for label in Label}, picture=picture)


def _shrink(picture: Pixels, longest: int) -> Pixels:
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
