"""YuNet (Wu et al., Machine Intelligence Research 2023, doi:10.1007/s11633-023-1423-y), run as ONNX."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

from training.dataset.pixel_cache import Pixels
from training.errors import DataMissing
from training.finders.found import FoundFaces
from training.finders.picture import fit, suppress, unscale
from training.geometry import Floats

LONGER_SIDE = 960  # pixels; faces of about 10 px are still found
MAX_IOU = 0.45


class YuNet:
    """YuNet behind one call. Reads a dynamic-size YuNet ONNX file; needs no colour normalisation."""

    def __init__(self, path: Path, *, longer_side: int = LONGER_SIDE, min_score: float = 0.3, threads: int = 2) -> None:
        if not path.is_file():
            raise DataMissing(f"no YuNet weights at {path}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._longer_side = longer_side
        self._min_score = min_score

    def find(self, image: Pixels, longer_side: int | None = None) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3], for once at another longer side if one is given."""
        canvas, scale = fit(image, longer_side or self._longer_side)
        blob = np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1)[None])
        outputs = self._session.run(None, {"input": blob})
        named = {meta.name: value[0] for meta, value in zip(self._session.get_outputs(), outputs, strict=True)}
        return unscale(suppress(decode(named, canvas.shape[1], min_score=self._min_score), MAX_IOU), scale)


def decode(named: dict[str, Floats], width: int, *, min_score: float) -> FoundFaces:
    """Faces, before suppression, of the outputs for a canvas of this width, by name; each is [cells, values]."""
    boxes, scores, points = [], [], []
    for stride in (8, 16, 32):
        score = np.sqrt(np.clip(named[f"cls_{stride}"] * named[f"obj_{stride}"], 0, 1))[:, 0]
        kept = np.flatnonzero(score >= min_score)
        cell = np.stack([kept % (width // stride), kept // (width // stride)], axis=1).astype(np.float32)
        box, point = named[f"bbox_{stride}"][kept], named[f"kps_{stride}"][kept].reshape(-1, 5, 2)
        centre, half = (cell + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride / 2
        boxes.append(np.concatenate([centre - half, centre + half], axis=1))
        points.append((point + cell[:, None]) * stride)
        scores.append(score[kept])
    return FoundFaces(boxes=np.concatenate(boxes), scores=np.concatenate(scores), landmarks=np.concatenate(points))
