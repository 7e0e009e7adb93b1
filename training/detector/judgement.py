"""What a detector is worth on held-out pictures straight after training, before there is a file to serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from model_api.networks.yoloface import ServedYoloFace, YoloFace
from training.dataset.coco import load_coco
from training.dataset.pixel_cache import Pixels
from training.evaluation.detector import CURVE_MIN_SCORE, figures_by_source
from training.evaluation.served import NMS_IOU, kept_faces, letterbox
from training.finders.found import FoundFaces

INPUT_SIDE = 640  # pixels, as serving uses
MIN_FACE_PX = 24.0  # of the figures in the model cards


class TrainedDetector:
    """A network in memory behind the steps of serving."""

    def __init__(self, network: YoloFace, *, input_size: int = INPUT_SIDE) -> None:
        self._network = ServedYoloFace(network).eval()
        self._place = next(network.parameters()).device
        self._input_size = input_size

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        canvas, box = letterbox(image, self._input_size)
        blob = torch.from_numpy(canvas).to(self._place).permute(2, 0, 1)[None].float()
        with torch.inference_mode():
            boxes, scores, landmarks = (output[0].cpu().numpy() for output in self._network(blob))
        found = FoundFaces(boxes=boxes, scores=scores, landmarks=landmarks)
        return kept_faces(found, image, box, min_score=CURVE_MIN_SCORE, nms_iou=NMS_IOU)


def judge_detector(network: YoloFace, labels: Path) -> dict[str, Any]:
    """AP50 and recall on the pictures of a label file, all together and by source, as in the model cards."""
    figures = figures_by_source(load_coco(labels), TrainedDetector(network).find, MIN_FACE_PX)
    return {"min_face_px": MIN_FACE_PX, "input_size": INPUT_SIDE, **figures}
