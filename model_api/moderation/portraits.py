"""The pictures of people, cut while the frames pass by: afterwards they are gone."""

from __future__ import annotations

from collections.abc import Iterable

from common.domain.prediction import Label
from model_api.crops import crop_face
from model_api.draw import to_jpeg
from model_api.moderation.frames import Frame
from model_api.moderation.tracker import Sighting, Track

SIDE = 112  # pixels
SCALE = 1.6  # of the face's box: the hair and the chin are on it
QUALITY = 80


class Portraits:
    """Of each person and label the picture that shows it best."""

    def __init__(self) -> None:
        self._best: dict[tuple[int, Label], tuple[float, bytes]] = {}

    def add(self, frame: Frame, seen: Iterable[tuple[Track, Sighting]]) -> None:
        """Look at one frame; `seen`: its faces, and whose they are."""
        for track, sighting in seen:
            key, worth = (track.id, sighting.label), _worth(sighting)
            if key not in self._best or worth > self._best[key][0]:
                cut = crop_face(frame.pixels, sighting.box, scale=SCALE, size=SIDE, replicate=True)
                self._best[key] = worth, to_jpeg(cut, quality=QUALITY)

    def of(self, track: Track, label: Label) -> bytes:
        """The person's picture with this label; of one who never had it, the best of all."""
        known = self._best.get((track.id, label))
        return (known or max(self._best[key] for key in self._best if key[0] == track.id))[1]


def _worth(sighting: Sighting) -> float:
    return max(sighting.probabilities) * sighting.score * min(sighting.size, SIDE)
