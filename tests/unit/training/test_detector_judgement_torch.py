"""A detector just trained is judged as an exported one is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from model_api.networks.yoloface import YoloFace, YoloFaceConfig
from training.dataset.pixel_cache import read_rgb
from training.detector.judgement import TrainedDetector, judge_detector
from training.evaluation.served import letterbox

TINY = YoloFaceConfig(widths=(8, 8, 16, 16, 16), depths=(1, 1, 1, 1), neck=16)


def tiny() -> YoloFace:
    torch.manual_seed(0)
    network = YoloFace(TINY).eval()
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.running_var, 0.01, 0.05)  # answers that differ from cell to cell
    return network


def test_faces_come_in_the_pixels_of_the_picture_and_once(coco_folder: Path) -> None:
    image = read_rgb(coco_folder / "images" / "a.png")
    found = TrainedDetector(tiny(), input_size=128).find(image)
    assert letterbox(image, 128)[1].scale_x == 2.0
    assert (found.boxes >= 0).all()
    assert (found.boxes <= np.asarray([64, 48, 64, 48])).all()
    assert (np.diff(found.scores) <= 0).all()
    assert found.landmarks.shape == (len(found.scores), 5, 2)


def test_the_figures_are_those_of_a_model_card(coco_folder: Path) -> None:
    figures = judge_detector(tiny(), coco_folder / "train.json")
    assert (figures["pictures"], figures["faces"]) == (2, 1)
    assert set(figures["sources"]) == {"drawn", "unknown"}
    assert 0 <= figures["ap50"] <= 1
    assert figures["min_face_px"] == 24.0
