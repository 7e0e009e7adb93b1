"""Exported ONNX files behind the same steps as in serving: what the figures in a model card are measured with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

from training.augment.windows import FILL
from training.dataset.crops import cut_square
from training.dataset.pixel_cache import Pixels
from training.errors import DataMissing, WrongModel
from training.evaluation.statistics import Numbers, softmax
from training.finders.found import FoundFaces
from training.geometry import Floats, clip, fit_size

NMS_IOU = 0.5  # two faces in a crowd overlap less
BATCH = 32  # crops in one run of the network


def read_card(folder: Path) -> dict[str, Any]:
    """The model.json of a weights folder. Raises DataMissing without one, WrongModel when it is not JSON."""
    path = folder / "model.json"
    if not path.is_file():
        raise DataMissing(f"no model.json in {folder}; give a folder like model_api/weights/yoloface-server/1")
    try:
        card: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise WrongModel(f"{path} is not JSON: {error}") from error
    return card


def open_session(folder: Path, card: dict[str, Any], threads: int = 2) -> ort.InferenceSession:
    """Load the ONNX file that a model.json stands for."""
    path = folder / card.get("file", "model.onnx")
    if not path.is_file():
        raise DataMissing(f"no weights at {path}")
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class ServedDetector:
    """Letterbox, network, non-maximum suppression."""

    def __init__(self, folder: Path, *, input_size: int | None = None, min_score: float | None = None) -> None:
        card = read_card(folder)
        self.card = card
        self._session = open_session(folder, card)
        self._input_size = input_size or int(card["input_size"])
        self._min_score = float(card["min_score"]) if min_score is None else min_score
        self._nms_iou = float(card["nms_iou"])

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        canvas, scale = letterbox(image, self._input_size)
        blob = canvas.astype(np.float32).transpose(2, 0, 1)[None]
        boxes, scores, landmarks = (output[0] for output in self._session.run(None, {"images": blob}))
        found = FoundFaces(boxes=boxes, scores=scores, landmarks=landmarks)
        return kept_faces(found, image, scale, min_score=self._min_score, nms_iou=self._nms_iou)


class ServedClassifier:
    """Square crops of the picture's own pixels, network, temperature."""

    def __init__(self, folder: Path) -> None:
        self.card = read_card(folder)
        self._session = open_session(folder, self.card)

    def logits(self, image: Pixels, boxes: Floats) -> Numbers:
        """The network's answers [N, 3] to the faces [N, 4] of a uint8 RGB picture [H, W, 3]."""
        scale, size = float(self.card["crop_scale"]), int(self.card["input_size"])
        answers = [np.zeros((0, len(self.card["classes"])), np.float32)]
        for start in range(0, len(boxes), BATCH):
            crops = [cut_square(image, box, scale=scale, size=size) for box in boxes[start : start + BATCH]]
            blob = np.stack(crops).transpose(0, 3, 1, 2).astype(np.float32)
            answers += self._session.run(None, {"crops": blob})
        return np.concatenate(answers).astype(np.float64)

    def probabilities(self, image: Pixels, boxes: Floats) -> Numbers:
        """Calibrated probabilities [N, 3] of the classes, as served."""
        return softmax(self.logits(image, boxes), float(self.card["temperature"]))


def kept_faces(found: FoundFaces, image: Pixels, scale: float, *, min_score: float, nms_iou: float) -> FoundFaces:
    """Faces in the pixels of a letterboxed picture -> the likely ones, each once, in the picture's own pixels."""
    likely = np.flatnonzero(found.scores >= min_score)
    kept = likely[suppress(found.boxes[likely], found.scores[likely], nms_iou)]
    inside = clip(found.boxes[kept] / np.float32(scale), image.shape[1], image.shape[0])
    return FoundFaces(boxes=inside, scores=found.scores[kept], landmarks=found.landmarks[kept] / np.float32(scale))


def letterbox(image: Pixels, longer_side: int) -> tuple[Pixels, float]:
    """Scale to the longer side at the picture's own aspect ratio and pad right and bottom with grey; give the scale."""
    height, width = image.shape[:2]
    scale, padded_width, padded_height = fit_size(width, height, longer_side)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.full((padded_height, padded_width, 3), FILL, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=method)
    return canvas, scale


def suppress(boxes: Floats, scores: Floats, max_iou: float) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Positions of the boxes that survive greedy non-maximum suppression, in falling score."""
    xywh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    return np.asarray(cv2.dnn.NMSBoxes(xywh.tolist(), scores.tolist(), 0.0, max_iou), np.int64).reshape(-1)
