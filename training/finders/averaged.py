"""Several looks at one picture made one: faces that agree are averaged, faces seen once lose score.

The boxes are voted on as in Gidaris & Komodakis (arXiv:1505.01749), section 4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.dataset.pixel_cache import Pixels
from training.finders.found import FaceFinder, FoundFaces
from training.geometry import Floats, ious

AGREE_IOU = 0.5  # boxes of two looks that overlap this much are one face
MIRRORED_LANDMARKS = [1, 0, 2, 4, 3]  # in a mirrored picture left and right change places


class AveragedFinder:
    """One or several finders, each looking at the picture and, if wanted, at its mirror image."""

    def __init__(self, finders: Sequence[FaceFinder], *, mirrored: bool = True, agree_iou: float = AGREE_IOU) -> None:
        self._finders = tuple(finders)
        self._mirrored = mirrored
        self._agree_iou = agree_iou

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        looks = [finder.find(image) for finder in self._finders]
        if self._mirrored:
            mirrored = np.ascontiguousarray(image[:, ::-1])
            looks += [mirror(finder.find(mirrored), image.shape[1]) for finder in self._finders]
        return average(looks, agree_iou=self._agree_iou)


def mirror(faces: FoundFaces, width: int) -> FoundFaces:
    """Faces found in the mirror image of a picture of this width, as they lie in the picture."""
    boxes, landmarks = faces.boxes.copy(), faces.landmarks[:, MIRRORED_LANDMARKS].copy()
    boxes[:, [0, 2]] = width - faces.boxes[:, [2, 0]]
    landmarks[..., 0] = width - landmarks[..., 0]
    return FoundFaces(boxes=boxes, scores=faces.scores, landmarks=landmarks)


def average(looks: Sequence[FoundFaces], *, agree_iou: float = AGREE_IOU) -> FoundFaces:
    """Faces of several looks at one picture as one answer, in falling score.

    The surest face that is left takes, from each look, the face that overlaps it most; boxes and landmarks are means
    weighted by score. The score is the mean over all looks, and a look that missed the face counts as 0.
    """
    origin = np.concatenate([np.full(len(look.scores), number) for number, look in enumerate(looks)])
    boxes, scores, landmarks = (
        np.concatenate([getattr(look, name) for look in looks]) for name in ("boxes", "scores", "landmarks")
    )
    means = []
    for group in _groups(boxes, scores, origin, agree_iou):
        weights = scores[group]
        means.append((_mean(boxes[group], weights), weights.sum() / len(looks), _mean(landmarks[group], weights)))
    means.sort(key=lambda mean: -mean[1])
    return FoundFaces(
        boxes=np.asarray([mean[0] for mean in means], np.float32).reshape(-1, 4),
        scores=np.asarray([mean[1] for mean in means], np.float32),
        landmarks=np.asarray([mean[2] for mean in means], np.float32).reshape(-1, 5, 2),
    )


def _groups(boxes: Floats, scores: Floats, origin: NDArray[np.int64], agree_iou: float) -> list[NDArray[np.int64]]:
    """Positions of the faces that are one: at most one of each look."""
    overlap, free, groups = ious(boxes, boxes), np.ones(len(boxes), bool), []
    looks = np.unique(origin)
    for first in np.argsort(-scores, kind="stable"):
        if not free[first]:
            continue
        near = np.where(free & (origin != origin[first]), overlap[first], 0)
        by_look = np.where(origin == looks[:, None], near, 0)
        best = by_look.argmax(axis=1)[by_look.max(axis=1) >= agree_iou]
        group = np.asarray([first, *best], np.int64)
        free[group] = False
        groups.append(group)
    return groups


def _mean(values: Floats, weights: Floats) -> Floats:
    """The weighted mean over the first axis; what is NaN has no say, and what is NaN in all stays NaN."""
    known = np.isfinite(values)
    shares = known * weights.reshape(-1, *[1] * (values.ndim - 1))
    total = shares.sum(axis=0)
    mean = (np.where(known, values, 0) * shares).sum(axis=0) / np.where(total > 0, total, 1)
    return np.asarray(np.where(total > 0, mean, np.nan), np.float32)
