"""A picture far larger than the detector's input is decoded small, and whole only where a small face needs it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from common.domain.prediction import Box, Label
from common.errors import ImageTooLarge, UnreadableImage
from common.ports.detector import DetectOptions
from model_api.arrays import Pixels
from model_api.decode import Limits, decode, decode_reduced
from model_api.face_detector import Detection, FaceDetector
from model_api.mask_classifier import MaskClassifier, Verdict
from model_api.pipeline import MaskPipeline, Request

LIMITS = Limits(max_bytes=5_000_000, max_pixels=20_000_000)
INPUT = 320  # of the scripted detector: useful pixels of the longer side
JUDGED = 64  # the side of a face from which on the scripted classifier sees it reduced


def _jpeg(width: int, height: int, **options: Any) -> bytes:
    y, x = np.mgrid[0:height, 0:width]
    smooth = np.stack([255 * x / width, 255 * y / height, 255 * (x + y) / (width + height)], axis=2)
    buffer = io.BytesIO()
    Image.fromarray(smooth.astype(np.uint8)).save(buffer, "JPEG", quality=95, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("width", "height", "useful", "seen"),
    [
        (1280, 720, 640, (1280, 720)),  # twice: a half would save too little
        (1280, 720, 321, (1280, 720)),
        (1281, 721, 320, (321, 181)),  # what is left over makes one more pixel
        (1281, 721, 160, (161, 91)),
        (720, 1280, 300, (180, 320)),
        (3000, 40, 300, (375, 5)),
        (2300, 40, 300, (575, 10)),
    ],
)
def test_a_jpeg_is_decoded_at_the_least_size_that_shows_enough(
    width: int, height: int, useful: int, seen: tuple[int, int]
) -> None:
    pixels, *whole = decode_reduced(_jpeg(width, height), LIMITS, useful_side=useful)
    assert (pixels.shape[1], pixels.shape[0]) == seen
    assert whole == [width, height]


@settings(deadline=None, max_examples=30)
@given(width=st.integers(1, 900), height=st.integers(1, 900), useful=st.integers(16, 900))
def test_the_longer_side_keeps_what_is_useful(width: int, height: int, useful: int) -> None:
    pixels, *whole = decode_reduced(_jpeg(width, height), LIMITS, useful_side=useful)
    assert whole == [width, height]
    assert max(pixels.shape[:2]) >= min(useful, max(width, height))
    is_least = max(pixels.shape[:2]) <= 4 * useful
    assert is_least or max(width, height) >= 16 * useful  # smaller than an eighth there is nothing


def test_a_small_decoded_picture_shows_the_same_scene_upright() -> None:
    exif = Image.Exif()
    exif[274] = 6  # hold it turned by a quarter (Exif 2.3)
    data = _jpeg(800, 600, exif=exif)
    small, width, height = decode_reduced(data, LIMITS, useful_side=200)
    assert (width, height, small.shape) == (600, 800, (200, 150, 3))
    whole = decode(data, LIMITS)
    assert np.abs(small.astype(int) - whole[2::4, 2::4].astype(int)).mean() < 2


def test_other_formats_are_decoded_whole() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (800, 600), (10, 20, 30)).save(buffer, "PNG")
    pixels, width, height = decode_reduced(buffer.getvalue(), LIMITS, useful_side=100)
    assert (pixels.shape, width, height) == ((600, 800, 3), 800, 600)


def test_the_limits_hold_for_the_whole_picture() -> None:
    with pytest.raises(ImageTooLarge, match=r"800 x 600 pixels"):
        decode_reduced(_jpeg(800, 600), Limits(max_pixels=100_000), useful_side=100)


def test_a_jpeg_that_breaks_off_is_refused_when_it_is_decoded_small_too() -> None:
    data = _jpeg(800, 600)
    with pytest.raises(UnreadableImage, match="breaks off"):
        decode_reduced(data[: len(data) // 2], LIMITS, useful_side=100)


class _Sees:
    """Finds one face where it was told, as a share of what it is shown."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.shown: list[tuple[int, ...]] = []
        self.model = _Model(input_size=INPUT)

    def detect(self, pictures: Sequence[Pixels], min_scores: Sequence[float | None]) -> list[list[Detection]]:
        self.shown += [picture.shape for picture in pictures]
        return [[self._face(*picture.shape[:2])] for picture in pictures]

    def _face(self, height: int, width: int) -> Detection:
        x1, y1, x2, y2 = self.box
        box = (x1 * width, y1 * height, x2 * width, y2 * height)
        return Detection(box=box, score=0.9, landmarks=((box[0], box[1]),) * 5)


class _Judges:
    """Remembers which pixels it was shown of which box."""

    def __init__(self) -> None:
        self.shown: list[tuple[tuple[int, ...], Box]] = []
        self.model = _Model(input_size=2 * JUDGED, crop_scale=2.0)

    def classify(self, faces: Sequence[tuple[Pixels, Box]]) -> list[Verdict]:
        self.shown += [(picture.shape, box) for picture, box in faces]
        return [Verdict(label=Label.NO_MASK, probabilities={"no_mask": 1.0}) for _ in faces]


class _Model:
    def __init__(self, **description: float) -> None:
        self.id = "scripted@1"
        self.description = type("Description", (), {"nms_iou": 0.5, **description})()


def _run(data: bytes, box: Box) -> tuple[_Sees, _Judges, Any]:
    sees, judges = _Sees(box), _Judges()
    pipeline = MaskPipeline(
        detectors={"server": cast(FaceDetector, sees)}, classifier=cast(MaskClassifier, judges), limits=LIMITS
    )
    result = pipeline.run([Request(data=data, options=DetectOptions())])[0]
    pipeline.close()
    return sees, judges, result


def test_a_large_face_is_judged_as_small_as_the_detector_saw_it() -> None:
    sees, judges, result = _run(_jpeg(1280, 720), (0.25, 0.25, 0.5, 0.75))
    assert sees.shown == [(180, 320, 3)]
    assert judges.shown == [((180, 320, 3), (80, 45, 160, 135))]
    assert result.faces[0].box == pytest.approx((320, 180, 640, 540))
    assert result.faces[0].landmarks[0] == pytest.approx((320, 180))
    assert (result.width, result.height) == (1280, 720)


def test_a_small_face_is_judged_at_the_picture_s_full_resolution() -> None:
    sees, judges, result = _run(_jpeg(1280, 720), (0.25, 0.25, 0.375, 0.5))
    assert sees.shown == [(180, 320, 3)]
    assert judges.shown == [((720, 1280, 3), pytest.approx((320, 180, 480, 360)))]
    assert result.faces[0].box == pytest.approx((320, 180, 480, 360))


def test_a_picture_that_is_not_far_larger_is_decoded_once_and_whole() -> None:
    sees, judges, _ = _run(_jpeg(1276, 400), (0.1, 0.1, 0.2, 0.2))
    assert sees.shown == [(400, 1276, 3)]
    assert judges.shown[0][0] == (400, 1276, 3)
