"""Suspicious labels are found, shown and decided; the models are stand-ins that say what the test needs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[model-api]')")

from tests.unit.training.drawing import draw_scene, save_picture
from training.dataset.review.models import Judges, open_judges
from training.dataset.review.page import Item, draw_thumbnail, render
from training.dataset.review.review import ReviewOrder, review_labels
from training.dataset.review.suspicion import Doubt, Opinion, Rules, Suspicion, doubts
from training.errors import DataMissing, InvalidOption
from training.finders.found import FoundFaces

IMAGE = {"id": 1, "file_name": "a.png", "width": 240, "height": 160}
FACE = (20.0, 20.0, 60.0, 70.0)


def row(number: int, box: Sequence[float] = FACE, category: int = 3, **more: int) -> dict:
    left, top, right, bottom = box
    return {
        "id": number,
        "image_id": 1,
        "category_id": category,
        "bbox": [left, top, right - left, bottom - top],
        **more,
    }


def found(*faces: tuple[Sequence[float], float]) -> FoundFaces:
    boxes = np.asarray([box for box, _ in faces], np.float32).reshape(-1, 4)
    scores = np.asarray([score for _, score in faces], np.float32)
    return FoundFaces(boxes=boxes, scores=scores, landmarks=np.full((len(faces), 5, 2), np.nan, np.float32))


def sure(label: int, count: int, probability: float = 0.98) -> np.ndarray:
    answers = np.full((count, 3), (1 - probability) / 2)
    answers[:, label] = probability
    return answers


def suspect(rows: list[dict], faces: FoundFaces, label: int = 2, probability: float = 0.98) -> list[Suspicion]:
    labelled = sum(not row.get("iscrowd") for row in rows)
    opinion = Opinion(
        found=faces,
        labels=sure(label, labelled, probability),
        detections=sure(label, len(faces.scores), probability),
    )
    return list(doubts(IMAGE, rows, opinion, Rules()))


def test_a_label_that_both_models_confirm_is_not_suspicious() -> None:
    assert suspect([row(7)], found((FACE, 0.9))) == []


def test_a_sure_other_class_is_suggested() -> None:
    (doubt,) = suspect([row(7)], found((FACE, 0.9)), label=0)
    assert (doubt.doubt, doubt.annotation_id, doubt.label) == (Doubt.CLASS, "7", "mask_correct")
    assert doubt.suggestion == "relabel:no_mask"


def test_an_unsure_other_class_and_a_face_without_mask_label_are_no_reason() -> None:
    assert suspect([row(7)], found((FACE, 0.9)), label=0, probability=0.8) == []
    assert suspect([row(7, category=4)], found((FACE, 0.9)), label=0) == []


def test_a_sure_detection_without_a_label_is_suggested_with_its_class() -> None:
    (doubt,) = suspect([], found((FACE, 0.8)), label=1)
    assert (doubt.doubt, doubt.annotation_id) == (Doubt.UNLABELLED, "new:20.0,20.0,40.0,50.0")
    assert (doubt.label, doubt.suggestion) == ("", "relabel:mask_incorrect")


def test_unsure_detections_and_those_in_ignored_regions_are_not() -> None:
    assert suspect([], found((FACE, 0.5))) == []
    assert suspect([row(1, (0, 0, 100, 100), iscrowd=1)], found((FACE, 0.9))) == []


def test_a_label_that_no_detection_confirms_is_to_be_ignored() -> None:
    (doubt,) = suspect([row(7)], found(((150, 20, 190, 70), 0.5)))
    assert (doubt.doubt, doubt.suggestion) == (Doubt.UNCONFIRMED, "ignore")
    assert suspect([row(7, (20, 20, 30, 30))], found()) == [], "tiny faces are missed by every detector"


def test_the_second_of_two_like_boxes_is_to_be_dropped() -> None:
    (doubt,) = suspect([row(7), row(8, (21, 20, 60, 70))], found((FACE, 0.9)))
    assert (doubt.doubt, doubt.annotation_id, doubt.suggestion) == (Doubt.DUPLICATE, "8", "drop")


@pytest.mark.parametrize("box", [(20, 20, 20, 60), (200, 20, 300, 60), (-30, 20, 20, 60), (20, float("nan"), 30, 60)])
def test_boxes_that_are_none_are_to_be_dropped(box: Sequence[float]) -> None:
    (doubt,) = suspect([row(7, box)], found())
    assert (doubt.doubt, doubt.suggestion) == (Doubt.DEGENERATE, "drop")


class Stub:
    """Finds one face per picture and calls every box bare."""

    def find(self, image: np.ndarray) -> FoundFaces:
        return found((FACE, 0.9))

    def probabilities(self, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        assert (boxes[:, 2:] > boxes[:, :2]).all(), "nothing can be cut out of an empty box"
        return sure(0, len(boxes))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """One picture with a class to doubt, and an empty box; one with a face that nobody labelled."""
    for name in "ab":
        save_picture(draw_scene(ord(name)), tmp_path / "images" / f"{name}.png")
    document = {
        "images": [IMAGE, {**IMAGE, "id": 2, "file_name": "b.png"}],
        "annotations": [row(7), row(8, (20, 20, 20, 60))],
        "categories": [],
    }
    (tmp_path / "labels.json").write_text(json.dumps(document))
    return tmp_path / "labels.json"


def review(labels: Path, **more: int) -> tuple[dict, str]:
    page = labels.parent / "page.html"
    order = ReviewOrder(labels=labels, weights=labels.parent, output=page, **more)
    return review_labels(order, judges=Judges(finder=Stub(), namer=Stub())), page.read_text()


def test_the_page_shows_the_surest_kinds_first_and_changes_nothing(labels: Path) -> None:
    before = labels.read_bytes()
    told, page = review(labels)
    assert told["suspicious"] == {"degenerate": 1, "class": 1, "unlabelled": 1}
    assert re.findall(r'data-annotation="([^"]*)"', page) == ["8", "7", "new:20.0,20.0,40.0,50.0"]
    assert page.count("data:image/jpeg;base64,") == 3
    assert "http" not in page, "the page loads nothing from elsewhere"
    assert labels.read_bytes() == before


def test_a_long_list_is_cut_and_the_page_says_so(labels: Path) -> None:
    told, page = review(labels, max_items=1)
    assert told["shown"] == page.count("<article>") == 1
    assert "2 more are not shown" in page
    with pytest.raises(InvalidOption, match="--max"):
        review(labels, max_items=0)


def test_names_from_label_files_are_escaped() -> None:
    box = (1.0, 2.0, 3.0, 4.0)
    evil = Suspicion(
        file="<script>.png",
        annotation_id='"><b>',
        box=box,
        label="x",
        doubt=Doubt.CLASS,
        sureness=1.0,
        suggestion="drop",
    )
    page = render("a&b", [Item(suspicion=evil, thumbnail=b"")])
    assert "<script>.png" not in page
    assert page.count("&quot;&gt;&lt;b&gt;") == 2, "shown as text and kept in the attribute"
    assert "a&amp;b" in page


@pytest.mark.parametrize("box", [FACE, (-500, -500, -400, -400), (0, 0, 9000, 9000), (float("nan"), 0, 1, 1)])
def test_every_box_has_a_thumbnail(box: tuple[float, float, float, float]) -> None:
    import cv2

    drawn = cv2.imdecode(np.frombuffer(draw_thumbnail(draw_scene(1), box), np.uint8), cv2.IMREAD_COLOR)
    assert drawn.shape == (160, 160, 3)


def test_missing_weights_say_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="--weights"):
        open_judges(tmp_path)


def test_the_weights_that_ship_can_judge() -> None:
    opinion = open_judges(Path("model_api/weights")).opinion(draw_scene(1), [row(1), row(2, (5, 5, 5, 5))])
    assert opinion.labels.shape == (2, 3)
    assert opinion.labels.sum(axis=1) == pytest.approx(1)
    assert opinion.labels[1] == pytest.approx(1 / 3)
