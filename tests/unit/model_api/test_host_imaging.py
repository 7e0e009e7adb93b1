"""On the host the networks are shown exactly what letterboxing and cropping make of a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from common.domain.prediction import Box
from model_api.arrays import Floats, Pixels
from model_api.crops import crop_face
from model_api.engines.choose import Choice
from model_api.face_detector import Detection, FaceDetector
from model_api.fit import MaskFit
from model_api.fit_rules import load_fit_rules
from model_api.imaging import open_imaging
from model_api.imaging.host import HostImaging
from model_api.letterbox import letterbox
from model_api.mask_classifier import MaskClassifier
from model_api.repository import Description, Model


class Shown:
    """An engine that remembers what it is given, and finds nothing in it."""

    outputs = ("boxes", "scores", "landmarks", "logits", "mask")

    def __init__(self) -> None:
        self.batches: list[Pixels] = []

    def infer(self, pictures: Pixels) -> Mapping[str, Floats]:
        self.batches.append(pictures)
        shapes = {"boxes": (1, 4), "scores": (1,), "landmarks": (1, 5, 2), "logits": (3,), "mask": (8, 8)}
        return {name: np.zeros((len(pictures), *shape), np.float32) for name, shape in shapes.items()}


def _model(**fields: float) -> Model:
    return Model(description=Description(name="shown", version="1", sha256="0" * 64, **fields), path=Path("none"))


def _noise(width: int, height: int, seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


PICTURES = [_noise(300, 200, 0), _noise(150, 100, 1), _noise(90, 120, 2)]
BOX: Box = (20.0, 30.0, 75.0, 80.5)


def test_the_detector_is_shown_letterboxed_pictures_together_where_their_shapes_agree() -> None:
    engine = Shown()
    detector = FaceDetector(model=_model(input_size=128), engine=engine)
    assert detector.detect(PICTURES, [None] * 3) == [[], [], []]
    placed = [letterbox(*each.shape[1::-1], longer_side=128, stride=32).place(each) for each in PICTURES]
    assert [len(batch) for batch in engine.batches] == [2, 1]
    for ours, theirs in zip([*engine.batches[0], *engine.batches[1]], placed, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_classifier_and_the_fit_are_shown_squares_around_faces() -> None:
    engine = Shown()
    model = _model(input_size=48, crop_scale=1.3)
    face = Detection(box=BOX, score=0.9, landmarks=((0.0, 0.0),) * 5)
    MaskClassifier(model=model, engine=engine).classify([(each, BOX) for each in PICTURES])
    MaskFit(model=model, engine=engine, rules=load_fit_rules(None)).outline([(each, face) for each in PICTURES])
    expected = np.stack([crop_face(each, BOX, scale=1.3, size=48, replicate=True) for each in PICTURES])
    for batch in engine.batches:
        np.testing.assert_array_equal(batch, expected)
    assert len(engine.batches) == 2


def test_pictures_are_where_they_should_be() -> None:
    host = open_imaging(Choice(engine="torch", device="cpu"))
    assert isinstance(host, HostImaging)
    assert all(ours is theirs for ours, theirs in zip(host.load(PICTURES), PICTURES, strict=True))
