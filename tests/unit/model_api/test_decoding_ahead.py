"""While a batch is looked at, the next pictures are decoded; each of them once, and none that nobody waits for."""

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


@pytest.fixture(name="blind")
def _blind() -> Iterator[tuple[_Blind, MaskPipeline]]:
    blind: Any = _Blind()
    idle: Any = _Idle()
    pipeline = MaskPipeline(detectors={"server": blind}, classifier=idle, limits=Limits())
    yield blind, pipeline
    pipeline.close()


def _picture(grey: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((20, 20, 3), grey, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def _wait_for(counts: Counter[bytes], *pictures: bytes) -> None:
    for _ in range(PATIENCE_SECONDS * 100):
        if all(counts[picture] for picture in pictures):
            return
        threading.Event().wait(0.01)
    raise AssertionError("nothing was decoded ahead")


def test_the_next_batch_is_decoded_while_this_one_is_looked_at(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes]
) -> None:
    held, pipeline = blind
    pictures = [_picture(grey) for grey in range(6)]
    detector = LocalDetector(pipeline=pipeline, most_pictures=2)
    answers = detector.submit(pictures[:1])
    assert held.begun.wait(PATIENCE_SECONDS)
    answers += detector.submit(pictures[1:])
    _wait_for(decoded, *pictures[:3])
    assert not any(decoded[picture] for picture in pictures[3:])  # a batch ahead, and no further
    held.go.set()
    assert [answer.result(PATIENCE_SECONDS).error for answer in answers] == [None] * 6
    assert set(decoded.values()) == {1}
    detector.close()


def test_a_picture_that_was_decoded_ahead_and_given_up_is_forgotten(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes]
) -> None:
    _, pipeline = blind
    request = Request(data=_picture(1), options=DetectOptions())
    pipeline.ahead(request)
    _wait_for(decoded, request.data)
    pipeline.ahead(request)
    gone = weakref.ref(request)
    held = pipeline._ahead[request]
    held.result(PATIENCE_SECONDS)
    del request, held
    gc.collect()
    assert gone() is None
    assert not pipeline._ahead


def test_who_gives_up_leaves_nothing_in_memory(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, pipeline = blind
    requests: list[weakref.ref[Request]] = []
    real = pipeline.ahead

    def remembering(request: Request) -> None:
        requests.append(weakref.ref(request))
        real(request)

    monkeypatch.setattr(pipeline, "ahead", remembering)
    detector = LocalDetector(pipeline=pipeline, most_pictures=2)
    (first,) = detector.submit([_picture(1)])
    assert held.begun.wait(PATIENCE_SECONDS)
    (given_up,) = detector.submit([_picture(2)])
    _wait_for(decoded, _picture(2))
    pipeline._ahead[_alive(requests[-1])].result(PATIENCE_SECONDS)
    gc.disable()  # it must not need Python's search for circles, which may come minutes later
    try:
        given_up.cancel()
        assert requests[-1]() is None
        assert not pipeline._ahead
    finally:
        gc.enable()
        held.go.set()
        first.result(PATIENCE_SECONDS)
        detector.close()


def _alive(reference: weakref.ref[Request]) -> Request:
    request = reference()
    assert request is not None
    return request


def test_who_gives_up_before_its_turn_is_not_decoded(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, pipeline = blind
    begun, go = threading.Event(), threading.Event()
    real = host.decode_reduced

    def waiting(data: bytes, limits: Limits, *, useful_side: int) -> tuple[Pixels, int, int]:
        begun.set()
        assert go.wait(PATIENCE_SECONDS)
        return real(data, limits, useful_side=useful_side)

    monkeypatch.setattr(host, "decode_reduced", waiting)
    kept = [Request(data=_picture(grey), options=DetectOptions()) for grey in (1, 2)]
    for request in kept:  # as many as are decoded at once
        pipeline.ahead(request)
    assert begun.wait(PATIENCE_SECONDS)
    given_up = Request(data=_picture(3), options=DetectOptions())
    pipeline.ahead(given_up)
    held = pipeline._ahead[given_up]
    del given_up
    go.set()
    held.result(PATIENCE_SECONDS)
    assert not decoded[_picture(3)]


def test_a_picture_larger_than_cameras_send_is_decoded_in_its_turn(
    blind: tuple[_Blind, MaskPipeline], decoded: Counter[bytes]
) -> None:
    held, pipeline = blind
    held.go.set()
    buffer = io.BytesIO()
    Image.new("L", (4100, 3100)).save(buffer, "PNG", compress_level=1)
    large = Request(data=buffer.getvalue(), options=DetectOptions())
    pipeline.ahead(large)
    assert not pipeline._ahead
    assert pipeline.run([large])[0].error is None
    assert decoded[large.data] == 1


def test_what_was_not_decoded_ahead_is_decoded_when_its_turn_comes(
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
