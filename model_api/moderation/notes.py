"""What is remembered of the frames that passed by."""

from __future__ import annotations

from common.domain.prediction import CLASSES, Face, PictureResult
from model_api.moderation.frames import Frame
from model_api.moderation.portraits import Portraits
from model_api.moderation.tracker import Sighting, Tracker


class Notes:
    """Takes the frames in the order of time."""

    def __init__(self) -> None:
        self.times: list[float] = []  # seconds, of the frames looked at
        self.frames_with_faces = 0
        self.unseen = 0  # frames that the models could not look at
        self.width = self.height = 0  # pixels, upright
        self.model: dict[str, str | None] = {}
        self.tracker = Tracker()
        self.portraits = Portraits()

    def add(self, frame: Frame, result: PictureResult) -> None:
        """Look at one frame's faces."""
        if result.error:
            self.unseen += 1
            return
        number = len(self.times)
        self.times.append(frame.seconds)
        self.frames_with_faces += bool(result.faces)
        self.height, self.width = frame.pixels.shape[:2]
        self.model = result.model
        sightings = [_sighting(number, frame.seconds, face) for face in result.faces]
        tracks = self.tracker.add(sightings)
        self.portraits.add(frame, zip(tracks, sightings, strict=True))


def _sighting(number: int, seconds: float, face: Face) -> Sighting:
    no_mask, incorrect, correct = (face.probabilities.get(label.value, 0.0) for label in CLASSES)
    return Sighting(
        frame=number,
        seconds=seconds,
        box=face.box,
        score=face.score,
        label=face.label,
        probabilities=(no_mask, incorrect, correct),
    )
