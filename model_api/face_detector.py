"""YOLO-face: pictures -> boxes, scores and landmarks in the pictures' own pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from common.domain.prediction import Box
from model_api.arrays import Floats, Picture
from model_api.engines.engine import Engine, infer_rows
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Imaging
from model_api.letterbox import Letterbox, letterbox
from model_api.nms import suppress
from model_api.repository import Description, Model

MIN_SIDE = 1.0  # pixels; what is left of a box after clipping must have a face in it


@dataclass(frozen=True, kw_only=True)
class Detection:
    """A face before it is judged; pixels of its picture."""

    box: Box
    score: float
    landmarks: tuple[tuple[float, float], ...]

    def scaled(self, across: float, down: float) -> Detection:
        """The same face in a picture so many times as wide and high."""
        if across == down == 1:
            return self
        x1, y1, x2, y2 = self.box
        return Detection(
            box=(x1 * across, y1 * down, x2 * across, y2 * down),
            score=self.score,
            landmarks=tuple((x * across, y * down) for x, y in self.landmarks),
        )


class FaceDetector:
    """One variant of the detector."""

    def __init__(self, *, model: Model, engine: Engine, most_pictures: int = 4, imaging: Imaging | None = None) -> None:
        """`most_pictures`: in one run of the network; on a CPU more gain nothing and cost memory."""
        self.model = model
        self._engine = engine
        self._most_pictures = most_pictures
        self._imaging = imaging or HostImaging()

    def detect(self, pictures: Sequence[Picture], min_scores: Sequence[float | None]) -> list[list[Detection]]:
        """The faces of each RGB picture in falling score; `min_scores` per picture, None for the model's own.

        Pictures whose inputs have the same shape share a run of the network. Raises InferenceFailed.
        """
        description = self.model.description
        boxes = [
            letterbox(picture.shape[1], picture.shape[0], longer_side=description.input_size, stride=description.stride)
            for picture in pictures
        ]
        thresholds = [description.min_score if score is None else score for score in min_scores]
        found: list[list[Detection]] = [[] for _ in pictures]
        for bucket in _buckets(boxes, most=self._most_pictures):
            batch = self._imaging.place([pictures[index] for index in bucket], [boxes[index] for index in bucket])
            least = min(thresholds[index] for index in bucket)
            for index, outputs in zip(bucket, infer_rows(self._engine, batch, by="scores", least=least), strict=True):
                found[index] = _faces(outputs, boxes[index], pictures[index], thresholds[index], description)
        return found


def _buckets(boxes: Sequence[Letterbox], *, most: int) -> list[list[int]]:
    """Indices grouped by the shape of their input, at most `most` together."""
    shapes: dict[tuple[int, int], list[int]] = {}
    for index, box in enumerate(boxes):
        shapes.setdefault(box.padded, []).append(index)
    return [same[start : start + most] for same in shapes.values() for start in range(0, len(same), most)]


def _faces(
    outputs: Mapping[str, Floats], box: Letterbox, picture: Picture, threshold: float, description: Description
) -> list[Detection]:
    likely = np.flatnonzero(outputs["scores"] >= threshold)
    corners, scores = outputs["boxes"][likely], outputs["scores"][likely]
    kept = suppress(corners, scores, iou=description.nms_iou)
    height, width = picture.shape[:2]
    corners = box.restore(corners[kept].reshape(-1, 2, 2), width=width, height=height).reshape(-1, 4)
    points = box.restore(outputs["landmarks"][likely][kept], width=width, height=height)
    return [
        Detection(
            box=(float(x1), float(y1), float(x2), float(y2)),
            score=min(1.0, float(score)),
            landmarks=tuple((float(x), float(y)) for x, y in landmarks),
        )
        for (x1, y1, x2, y2), score, landmarks in zip(corners, scores[kept], points, strict=True)
        if x2 - x1 >= MIN_SIDE and y2 - y1 >= MIN_SIDE
    ]
