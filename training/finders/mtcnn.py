"""MTCNN (Zhang et al., arXiv:1604.02878) with the weights inside PyPI's `mtcnn` (MIT), without its TensorFlow."""

from __future__ import annotations

import cv2
import joblib  # type: ignore[import-untyped]
import numpy as np
import torch
from torch import Tensor

from training.dataset.pixel_cache import Pixels
from training.finders.found import FoundFaces
from training.finders.networks.mtcnn import CascadeNetwork, fill, output_network, proposal_network, refinement_network
from training.finders.packages import model_file
from training.finders.picture import choose, fit, join, suppress, unscale
from training.geometry import Floats, areas, intersections

LONGER_SIDE = 640  # pixels
MIN_FACE = 20  # pixels of the canvas, as the authors have it
FIELD, STEP = 12, 2  # pixels: what the first network sees, and how far apart
SHRINK = 0.709  # from one level of the pyramid to the next: half the area
PROPOSED, REFINED = 0.6, 0.7  # scores that the first two networks must give
LEVEL_IOU, MAX_IOU = 0.5, 0.7  # within a level of the pyramid, and after every network
GREY = (127.5, 127.5, 127.5)


class Mtcnn:
    """The cascade behind one call: propose, refine, decide."""

    def __init__(self, *, longer_side: int = LONGER_SIDE, min_score: float = 0.02, min_face: int = MIN_FACE) -> None:
        self._propose = _load(proposal_network(), "pnet")
        self._refine = _load(refinement_network(), "rnet")
        self._decide = _load(output_network(), "onet")
        self._longer_side = longer_side
        self._min_score = min_score
        self._min_face = min_face

    @torch.inference_mode()
    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        canvas, scale = fit(image, self._longer_side, fill=GREY)
        canvas = (canvas - np.float32(127.5)) / np.float32(128)
        faces = suppress(join([_without_points()] + [self._level(canvas, s) for s in self._scales(canvas)]), MAX_IOU)
        faces = suppress(_look(self._refine, canvas, squares(faces), size=24, min_score=REFINED), MAX_IOU)
        faces = _look(self._decide, canvas, squares(faces), size=48, min_score=self._min_score)
        return unscale(suppress_nested(faces, MAX_IOU), scale)

    def _scales(self, canvas: Floats) -> list[float]:
        scale, scales = FIELD / self._min_face, []
        while min(canvas.shape[:2]) * scale >= FIELD:
            scales.append(scale)
            scale *= SHRINK
        return scales

    def _level(self, canvas: Floats, scale: float) -> FoundFaces:
        height, width = (int(np.ceil(side * scale)) for side in canvas.shape[:2])
        small = np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA), np.float32)
        corrections, chances = self._propose(_blob(small))
        found = proposals(chances[0, 1].numpy(), corrections[0].numpy(), min_score=PROPOSED)
        return unscale(suppress(found, LEVEL_IOU), scale)


def proposals(chances: Floats, corrections: Floats, *, min_score: float) -> FoundFaces:
    """Boxes of the first network's map of scores [H, W] and corrections [4, H, W], in the map's own picture."""
    rows, columns = np.nonzero(chances >= min_score)
    low = np.stack([columns, rows], axis=1) * STEP
    boxes = np.concatenate([low, low + FIELD], axis=1) + corrections[:, rows, columns].T * FIELD
    return _without_points(boxes.astype(np.float32), chances[rows, columns])


def squares(faces: FoundFaces) -> FoundFaces:
    """The same faces with square boxes: the shorter side grows about its middle."""
    low, high = faces.boxes[:, :2], faces.boxes[:, 2:]
    half = (high - low).max(axis=1, keepdims=True) / 2
    middle = (low + high) / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    return FoundFaces(boxes=boxes, scores=faces.scores, landmarks=faces.landmarks)


def suppress_nested(faces: FoundFaces, max_share: float) -> FoundFaces:
    """Greedy suppression by the share of the smaller box that two have in common: a face inside a face goes, too."""
    order = np.argsort(-faces.scores, kind="stable")
    boxes = faces.boxes[order]
    smaller = np.minimum(areas(boxes)[:, None], areas(boxes)[None])
    close = intersections(boxes, boxes) > max_share * smaller
    kept: list[int] = []
    for row in range(len(boxes)):
        if not close[row, kept].any():
            kept.append(row)
    return choose(faces, order[np.asarray(kept, np.int64)])


def _look(network: CascadeNetwork, canvas: Floats, faces: FoundFaces, *, size: int, min_score: float) -> FoundFaces:
    """Ask a later network about crops of these faces, and keep the corrected ones that it believes in."""
    if not len(faces.boxes):
        return faces
    corrections, *points, chances = (output.numpy() for output in network(_crops(canvas, faces.boxes, size)))
    kept = np.flatnonzero(chances[:, 1] >= min_score)
    boxes, scores = faces.boxes[kept], chances[kept, 1]
    low, side = boxes[:, :2], boxes[:, 2:] - boxes[:, :2]
    corrected = boxes + corrections[kept] * np.tile(side, 2)
    if not points:
        return _without_points(corrected, scores)
    landmarks = points[0][kept].reshape(-1, 2, 5).transpose(0, 2, 1) * side[:, None] + low[:, None]
    return FoundFaces(boxes=corrected, scores=scores, landmarks=landmarks)


def _crops(canvas: Floats, boxes: Floats, size: int) -> Tensor:
    """Crops [N, 3, size, size] of boxes, interpolated linearly, grey outside the canvas."""
    height, width = canvas.shape[:2]
    limits = np.asarray([width - 1, height - 1], np.float32)
    low, high = boxes[:, :2] / limits * 2 - 1, boxes[:, 2:] / limits * 2 - 1  # -1..1 over the canvas
    steps = np.linspace(0, 1, size, dtype=np.float32)
    x, y = (low[:, axis, None] + (high - low)[:, axis, None] * steps for axis in (0, 1))
    grid = np.stack(np.broadcast_arrays(x[:, None, :], y[:, :, None]), axis=-1)
    pictures = _blob(canvas).expand(len(boxes), -1, -1, -1)
    return torch.nn.functional.grid_sample(pictures, torch.from_numpy(grid), align_corners=True)


def _blob(picture: Floats) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)[None]))


def _load(network: CascadeNetwork, name: str) -> CascadeNetwork:
    return fill(network, joblib.load(model_file("mtcnn", f"mtcnn/assets/weights/{name}.lz4")))


def _without_points(boxes: Floats | None = None, scores: Floats | None = None) -> FoundFaces:
    boxes = np.zeros((0, 4), np.float32) if boxes is None else boxes
    scores = np.zeros(0, np.float32) if scores is None else scores
    return FoundFaces(boxes=boxes, scores=scores, landmarks=np.full((len(boxes), 5, 2), np.nan, np.float32))
