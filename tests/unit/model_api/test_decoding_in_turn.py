"""Pictures are decoded when their turn comes: each of them once, each for itself, and none that nobody waits for."""

from __future__ import annotations

import gc
import io
import threading
import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from common.ports.detector import DetectOptions
from model_api.arrays import Pixels
from model_api.decode import Limits
from model_api.face_detector import Detection
from model_api.imaging import host
from model_api.local import LocalDetector
from model_api.pipeline import MaskPipeline, Request

PATIENCE_SECONDS = 30


class _Blind:
    """Finds no face; holds each batch until it is let go."""

    model: Any = type(
        "Model", (), {"id": "blind@1", "description": type("D", (), {"input_size": 64, "nms_iou": 0.5})()}
    )()

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    def detect(self, pictures: Sequence[Pixels], min_scores: Sequence[float | None]) -> list[list[Detection]]:
        self.begun.set()
        assert self.go.wait(PATIENCE_SECONDS)
        return [[] for _ in pictures]


class _Trace:
    """Bytes cannot be referred to weakly, what they carry can."""


class _Traced(bytes):
    trace: _Trace


class _Idle:
    """Never judges: there is no face."""

    model: Any = type(
        "Model", (), {"id": "idle@1", "description": type("D", (), {"input_size": 8, "crop_scale": 1.0})()}
    )()

    def classify(self, faces: Sequence[object]) -> list[object]:
        return []


@pytest.fixture(name="decoded")
def _decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each picture was decoded."""
    counts: Counter[bytes] = Counter()
    real = host.decode_reduced

    def counting(data: bytes, limits: Limits, *, useful_side: int) -> tuple[Pixels, int, int]:
        counts[data] += 1
        return real(data, limits, useful_side=useful_side)

    monkeypatch.setattr(host, "decode_reduced", counting)
    return counts


def _pipeline(blind: Any, *, decoders: int = 2) -> MaskPipeline:
    idle: Any = _Idle()
    return MaskPipeline(detectors={"server": blind}, classifier=idle, limits=Limits(), decoders=decoders)


@pytest.fixture(name="blind")
def _blind() -> Iterator[tuple[_Blind, MaskPipeline]]:
    blind: Any = _Blind()
    pipeline = _pipeline(blind)
    yield blind, pipeline
    pipeline.close()


def _picture(grey: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((20, 20, 3), grey, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def test_who_gives_up_is_not_decoded_and_leaves_nothing_in_memory(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes]
) -> None:
    held, pipeline = blind
    detector = LocalDetector(pipeline=pipeline)
    (first,) = detector.submit([_picture(1)])
    assert held.begun.wait(PATIENCE_SECONDS)
    data = _Traced(_picture(2))
    data.trace = _Trace()
    gone = weakref.ref(data.trace)
    (given_up,) = detector.submit([data])
    del data
    gc.disable()  # it must not need Python's search for circles, which may come minutes later
    try:
        given_up.cancel()
        assert gone() is None
    finally:
        gc.enable()
        held.go.set()
        first.result(PATIENCE_SECONDS)
        detector.close()
    assert not decoded[_picture(2)]


@pytest.mark.parametrize("decoders", [1, 2])
def test_every_picture_of_a_batch_is_decoded_once(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes], decoders: int
) -> None:
    held, pipeline = blind
    held.go.set()
    pictures = [_picture(grey) for grey in range(5)]
    pipeline = _pipeline(held, decoders=decoders)
    results = pipeline.run([Request(data=data, options=DetectOptions()) for data in pictures])
    pipeline.close()
    assert [result.width for result in results] == [20] * 5
    assert dict(decoded) == dict.fromkeys(pictures, 1)


def test_the_same_request_twice_and_one_that_is_no_picture_are_each_answered(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes]
) -> None:
    held, pipeline = blind
    held.go.set()
    request = Request(data=_picture(2), options=DetectOptions())
    results = pipeline.run([request, request, Request(data=b"no picture", options=DetectOptions())])
    assert [result.error is None for result in results] == [True, True, False]
    assert decoded[request.data] == 2


def test_a_decoder_s_surprise_is_that_picture_s_error_alone(
    blind: tuple[_Blind, MaskPipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, pipeline = blind
    held.go.set()
    real = host.decode_reduced

    def surprising(data: bytes, limits: Limits, *, useful_side: int) -> tuple[Pixels, int, int]:
        if data == b"strange":
            raise RuntimeError("/secret/place")
        return real(data, limits, useful_side=useful_side)

    monkeypatch.setattr(host, "decode_reduced", surprising)
    strange, fine = pipeline.run([Request(data=data, options=DetectOptions()) for data in (b"strange", _picture(1))])
    assert fine.error is None
    assert strange.error == "the picture cannot be decoded; the log says why"
