"""The fit stage in the real pipeline, on networks small enough to know the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[model-api]')")
pytest.importorskip("onnx", reason="needs onnx (pip install 'maskwatch[training]')")

import httpx
import simplejpeg

from common.domain.prediction import Face, Label, PictureResult
from common.errors import InvalidInput
from common.ports.detector import DetectOptions
from common.settings import Settings, load_settings
from model_api.errors import BrokenModel
from model_api.fit_rules import PACKAGED_RULES
from model_api.local import LocalDetector, open_local_detector
from tests.model_server import serving
from tests.tiny_models import BLUE, CELL, GREEN, RED, picture, write_fit, write_repository


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = write_fit(write_repository(tmp_path_factory.mktemp("with-fit")))
    return load_settings(models=root, threads=1)


@pytest.fixture(scope="module")
def detector(settings: Settings) -> Iterator[LocalDetector]:
    detector = open_local_detector(settings)
    yield detector
    detector.close()


def jpeg(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    return bytes(simplejpeg.encode_jpeg(pixels, quality=95, colorsubsampling="444"))


def looked_at(detector: LocalDetector, *pictures: bytes, **options: Any) -> list[PictureResult]:
    return detector.predict(pictures, options=DetectOptions(**options))


def only_face(result: PictureResult) -> Face:
    (face,) = result.faces
    return face


def half_worn(colour: tuple[int, int, int] = GREEN) -> bytes:
    """A face whose lower half is blue: nose free, mouth and chin covered; for the classifier a mask worn wrongly."""
    pixels = picture({(2, 2): colour})
    pixels[2 * CELL + 22 : 3 * CELL, 2 * CELL : 3 * CELL] = BLUE
    return jpeg(pixels)


def test_what_is_uncovered_is_measured_and_the_network_named(detector: LocalDetector) -> None:
    bare, worn, half = looked_at(detector, jpeg(picture({(2, 2): RED})), jpeg(picture({(2, 2): BLUE})), half_worn())
    assert only_face(bare).uncovered == ("NOSE", "MOUTH", "CHIN")
    assert only_face(worn).uncovered == ()
    assert only_face(half).uncovered == ("NOSE",)
    assert {result.model["fit"] for result in (bare, worn, half)} == {"unet@1"}
    assert all(result.timings_ms["fit"] > 0 for result in (bare, worn, half))


def test_agreement_keeps_the_label_and_disagreement_makes_it_less_certain(detector: LocalDetector) -> None:
    for colour, label in ((RED, Label.NO_MASK), (BLUE, Label.MASK_CORRECT)):
        sure, plain = (
            only_face(looked_at(detector, jpeg(picture({(2, 2): colour})), fit=fit)[0]) for fit in (True, False)
        )
        assert sure.label is plain.label is label
        assert sure.probabilities == plain.probabilities
    # Green is a mask worn wrongly for the classifier, and none at all for the network that outlines masks.
    doubted, plain = (
        only_face(looked_at(detector, jpeg(picture({(2, 2): GREEN})), fit=fit)[0]) for fit in (True, False)
    )
    assert plain.label is Label.MASK_INCORRECT
    assert doubted.probabilities["mask_incorrect"] < plain.probabilities["mask_incorrect"]
    assert doubted.label in (Label.MASK_INCORRECT, Label.UNCERTAIN)


def test_a_measurement_that_contradicts_a_certain_label_is_not_shown_beside_it(detector: LocalDetector) -> None:
    face = only_face(looked_at(detector, half_worn(RED))[0])  # bare for the classifier, worn wrongly by the rules
    assert (face.label, face.uncovered) == (Label.NO_MASK, ("NOSE", "MOUTH", "CHIN"))


def test_without_the_option_the_stage_is_left_out(detector: LocalDetector) -> None:
    (result,) = looked_at(detector, half_worn(), fit=False)
    assert result.model["fit"] is None
    assert only_face(result).uncovered == ()
    assert result.timings_ms["fit"] == 0


def test_pictures_with_and_without_it_share_a_batch(settings: Settings) -> None:
    detector = open_local_detector(settings)
    try:
        answers = [
            detector.submit([jpeg(picture({(1, 1): RED, (4, 3): BLUE})), b"no picture"], options=DetectOptions(fit=fit))
            for fit in (True, False, True)
        ]
        results = [answer.result() for pair in answers for answer in pair]
    finally:
        detector.close()
    assert [result.model.get("fit") for result in results[::2]] == ["unet@1", None, "unet@1"]
    assert all(result.error for result in results[1::2])
    shown = [sorted(face.uncovered for face in result.faces) for result in results[::2]]
    assert shown == [[(), ("NOSE", "MOUTH", "CHIN")], [(), ()], [(), ("NOSE", "MOUTH", "CHIN")]]


def test_an_edited_copy_of_the_rules_is_obeyed(settings: Settings, tmp_path: Path) -> None:
    content = json.loads(PACKAGED_RULES.read_text(encoding="utf-8"))
    content.update(covered_from={"NOSE": 0, "MOUTH": 0, "CHIN": 0}, doubt=50)
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    detector = open_local_detector(settings.model_copy(update={"fit_rules": path}))
    try:
        face = only_face(looked_at(detector, half_worn())[0])
        assert (face.label, face.uncovered) == (Label.UNCERTAIN, ())
    finally:
        detector.close()


def test_faces_too_small_to_tell_keep_what_their_label_implies(settings: Settings, tmp_path: Path) -> None:
    content = json.loads(PACKAGED_RULES.read_text(encoding="utf-8"))
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({**content, "smallest_face": 2 * CELL}), encoding="utf-8")
    detector = open_local_detector(settings.model_copy(update={"fit_rules": path}))
    try:
        face = only_face(looked_at(detector, jpeg(picture({(2, 2): GREEN})))[0])
    finally:
        detector.close()
    assert (face.label, face.uncovered) == (Label.MASK_INCORRECT, ("NOSE",))


def test_a_broken_rules_file_or_network_is_told_at_the_start(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"missing\.json"):
        open_local_detector(settings.model_copy(update={"fit_rules": tmp_path / "missing.json"}))
    root = write_fit(write_repository(tmp_path / "models"))
    (root / "unet" / "1" / "model.onnx").write_bytes(b"broken")
    with pytest.raises(BrokenModel, match="sha256"):
        open_local_detector(settings.model_copy(update={"models": root}))


def test_over_http_the_answer_has_the_measured_parts(detector: LocalDetector, settings: Settings) -> None:
    with serving(detector, settings) as url:
        answer = httpx.post(f"{url}/v1/predict", content=half_worn(), headers={"content-type": "image/jpeg"}).json()
        skipped = httpx.post(
            f"{url}/v1/predict", params={"fit": "false"}, content=half_worn(), headers={"content-type": "image/jpeg"}
        ).json()
    assert answer["results"][0]["model"]["fit"] == "unet@1"
    assert answer["results"][0]["faces"][0]["uncovered"] == ["NOSE"]
    assert skipped["results"][0]["model"]["fit"] is None
    assert skipped["results"][0]["faces"][0]["uncovered"] == []
