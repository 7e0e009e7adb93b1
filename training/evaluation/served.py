"""Exported ONNX files behind the same steps as in serving: what the figures in a model card are measured with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from model_api import letterbox as fitting
from model_api.engines import open_engine
from model_api.engines.choose import Choice, EngineName
from model_api.engines.engine import Engine
from model_api.letterbox import Letterbox
from model_api.nms import suppress
from training.dataset.crops import cut_square
from training.dataset.pixel_cache import Pixels
from training.errors import DataMissing, WrongModel
from training.evaluation.statistics import Numbers, softmax
from training.finders.found import FoundFaces
from training.geometry import Floats

NMS_IOU = 0.5  # two faces in a crowd overlap less
STRIDE = 32  # of the detector's coarsest map: what its input's sides are multiples of
BATCH = 32  # crops in one run of the network
THREADS = 2
DEFAULT_ENGINE: EngineName = "onnx"  # float32 on every processor: figures that anybody can repeat


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


def open_session(folder: Path, card: dict[str, Any], threads: int = THREADS) -> ort.InferenceSession:
    """Load the ONNX file that a model.json stands for."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(str(_weights(folder, card)), options, providers=["CPUExecutionProvider"])


def open_served(folder: Path, card: dict[str, Any], engine: EngineName) -> Engine:
    """The same in one of the engines that serve, on the CPU."""
    return open_engine(_weights(folder, card), choice=Choice(engine=engine, device="cpu"), threads=THREADS)


def _weights(folder: Path, card: dict[str, Any]) -> Path:
    path = folder / str(card.get("file", "model.onnx"))
    if not path.is_file():
        raise DataMissing(f"no weights at {path}")
    return path


class ServedDetector:
    """Letterbox, network, non-maximum suppression."""

    def __init__(
        self,
        folder: Path,
        *,
        input_size: int | None = None,
        min_score: float | None = None,
        engine: EngineName = DEFAULT_ENGINE,
    ) -> None:
        card = read_card(folder)
        self.card = card
        self._engine = open_served(folder, card, engine)
        self._input_size = input_size or int(card["input_size"])
        self._min_score = float(card["min_score"]) if min_score is None else min_score
        self._nms_iou = float(card["nms_iou"])

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        canvas, box = letterbox(image, self._input_size)
        outputs = {name: output[0] for name, output in self._engine.infer(canvas[None]).items()}
        found = FoundFaces(boxes=outputs["boxes"], scores=outputs["scores"], landmarks=outputs["landmarks"])
        return kept_faces(found, image, box, min_score=self._min_score, nms_iou=self._nms_iou)


class ServedClassifier:
    """Square crops of the picture's own pixels, network, temperature."""

    def __init__(self, folder: Path, *, engine: EngineName = DEFAULT_ENGINE) -> None:
        self.card = read_card(folder)
        self._engine = open_served(folder, self.card, engine)

    def logits(self, image: Pixels, boxes: Floats) -> Numbers:
        """The network's answers [N, 3] to the faces [N, 4] of a uint8 RGB picture [H, W, 3]."""
        scale, size = float(self.card["crop_scale"]), int(self.card["input_size"])
        answers = [np.zeros((0, len(self.card["classes"])), np.float32)]
        for start in range(0, len(boxes), BATCH):
            crops = [cut_square(image, box, scale=scale, size=size) for box in boxes[start : start + BATCH]]
            answers.append(self._engine.infer(np.stack(crops))["logits"])
        return np.concatenate(answers).astype(np.float64)

    def probabilities(self, image: Pixels, boxes: Floats) -> Numbers:
        """Calibrated probabilities [N, 3] of the classes, as served."""
        return softmax(self.logits(image, boxes), float(self.card["temperature"]))


def kept_faces(found: FoundFaces, image: Pixels, box: Letterbox, *, min_score: float, nms_iou: float) -> FoundFaces:
    """Faces in the pixels of a letterboxed picture -> the likely ones, each once, in the picture's own pixels."""
    likely = np.flatnonzero(found.scores >= min_score)
    kept = likely[suppress(found.boxes[likely], found.scores[likely], iou=nms_iou)]
    height, width = image.shape[:2]
    return FoundFaces(
        boxes=box.restore(found.boxes[kept].reshape(-1, 2, 2), width=width, height=height).reshape(-1, 4),
        scores=found.scores[kept],
        landmarks=box.restore(found.landmarks[kept], width=width, height=height),
    )


def letterbox(image: Pixels, longer_side: int) -> tuple[Pixels, Letterbox]:
    """A picture in the detector's input as serving puts it there, and the way back out of it."""
    box = fitting.letterbox(image.shape[1], image.shape[0], longer_side=longer_side, stride=STRIDE)
    return box.place(image), box
