"""YuNet (Wu et al., Machine Intelligence Research 2023, doi:10.1007/s11633-023-1423-y), run as ONNX."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from training.dataset.pixel_cache import Pixels
from training.errors import DataMissing
from training.finders.found import FoundFaces
from training.geometry import Floats, fit_size

LONGER_SIDE = 960  # pixels; faces of about 10 px are still found


class YuNet:
    """YuNet behind one call. Reads a dynamic-size YuNet ONNX file; needs no colour normalisation."""

    def __init__(self, path: Path, *, min_score: float = 0.3) -> None:
        if not path.is_file():
            raise DataMissing(f"no YuNet weights at {path}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._min_score = min_score

    def find(self, image: Pixels, longer_side: int = LONGER_SIDE) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        height, width = image.shape[:2]
        scale, padded_width, padded_height = fit_size(width, height, longer_side)
        canvas = np.zeros((padded_height, padded_width, 3), np.float32)
        small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))))
        canvas[: small.shape[0], : small.shape[1]] = small[..., ::-1]
        outputs = self._session.run(None, {"input": canvas.transpose(2, 0, 1)[None]})
        named = {meta.name: value[0] for meta, value in zip(self._session.get_outputs(), outputs, strict=True)}
        return self._decode(named, canvas.shape[1], scale)

    def _decode(self, named: dict[str, Floats], width: int, scale: float) -> FoundFaces:
        boxes, scores, points = [], [], []
        for stride in (8, 16, 32):
            score = np.sqrt(np.clip(named[f"cls_{stride}"] * named[f"obj_{stride}"], 0, 1))[:, 0]
            kept = np.flatnonzero(score >= self._min_score)
            cell = np.stack([kept % (width // stride), kept // (width // stride)], axis=1).astype(np.float32)
            box, point = named[f"bbox_{stride}"][kept], named[f"kps_{stride}"][kept].reshape(-1, 5, 2)
            centre, half = (cell + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride / 2
            boxes.append(np.concatenate([centre - half, centre + half], axis=1))
            points.append((point + cell[:, None]) * stride)
            scores.append(score[kept])
        ratio = np.float32(1 / scale)
        return _suppress(np.concatenate(boxes) * ratio, np.concatenate(scores), np.concatenate(points) * ratio)


def _suppress(boxes: Floats, scores: Floats, points: Floats) -> FoundFaces:
    xywh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = np.asarray(cv2.dnn.NMSBoxes(xywh.tolist(), scores.tolist(), 0.0, 0.45), np.int64).reshape(-1)
    return FoundFaces(boxes=boxes[kept], scores=scores[kept], landmarks=points[kept])
