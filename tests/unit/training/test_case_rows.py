"""Rows of the hard cases: both truths, hand-counted figures, and every crop judged once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[model-api]')")

import cv2

from training.dataset.cases import CropCase, face_tags, held_out_crops, held_out_digest
from training.dataset.pixel_cache import Pixels
from training.errors import BrokenAnnotations, DataMissing
from training.evaluation import case_rows as case_rows_module
from training.evaluation.case_rows import (
    Judgement,
    case_figures,
    case_rows,
    evaluate_cases,
    judge_crops,
    judge_faces,
    seen_label,
)
from training.evaluation.statistics import Numbers
from training.geometry import Floats

SURE = ((0.9, 0.05, 0.05), (0.05, 0.9, 0.05), (0.05, 0.05, 0.9))


class Scripted:
    """Names a face by the brightness of its box: dark no_mask, bright mask_correct."""

    def __init__(self) -> None:
        self.boxes: list[list[float]] = []

    def probabilities(self, image: Pixels, boxes: Floats) -> Numbers:
        self.boxes += boxes.tolist()
        left, top, right, bottom = (int(value) for value in boxes[0])
        bright = image[top:bottom, left:right].mean() > 127
        return np.asarray([SURE[2] if bright else SURE[0]] * len(boxes))


def judged(tags: set[str], given: int, seen: int, probabilities: tuple[float, ...]) -> Judgement:
    return Judgement(tags=frozenset(tags), given=given, seen=seen, probabilities=np.asarray(probabilities))


FACES = [
    judged({"hand"}, 0, 0, SURE[0]),
    judged({"hand", "scarf"}, 2, 0, SURE[0]),
    judged({"hand"}, 2, 2, (0.5, 0.1, 0.4)),
    judged(set(), 1, 1, SURE[1]),
]


def test_figures_are_those_counted_by_hand() -> None:
    figures = case_figures(FACES[:3], "given", 0.6)
    assert figures["n"] == 3
    assert figures["confusion"] == [[1, 0, 0], [0, 0, 0], [2, 0, 0]]
    assert figures["accuracy"]["value"] == pytest.approx(1 / 3)
    assert figures["uncertain"]["value"] == pytest.approx(1 / 3)
    assert figures["no_mask_precision"]["value"] == pytest.approx(1 / 3)
    assert figures["no_mask_precision_when_certain"]["value"] == pytest.approx(1 / 2)


def test_what_was_seen_is_judged_apart_from_what_was_given() -> None:
    figures = case_figures(FACES[:3], "seen", 0.6)
    assert figures["accuracy"]["value"] == pytest.approx(2 / 3)
    assert figures["no_mask_precision_when_certain"] == {
        "value": 1.0,
        "interval": pytest.approx((0.342, 1.0), abs=1e-3),
        "of": 2,
    }


def test_without_an_alarm_precision_is_unknown_rather_than_perfect() -> None:
    assert case_figures(FACES[3:], "given", 0.6)["no_mask_precision"]["value"] is None


def test_rows_are_there_for_cases_with_faces_only() -> None:
    rows = case_rows(FACES, "drawn", uncertain_below=0.6, note="a note")
    counts = {(row["case"], row["truth"]): row["n"] for row in rows}
    expected = {"all": 4, "no case": 1, "hand": 3, "scarf": 1}
    assert counts == {(case, truth): n for case, n in expected.items() for truth in ("given", "seen")}
    assert {(row["group"], row["note"]) for row in rows} == {("drawn", "a note")}


@pytest.mark.parametrize(("tags", "label"), [({"hand"}, 2), ({"seen_no_mask"}, 0), ({"seen_mask_incorrect"}, 1)])
def test_a_seen_tag_overrules_the_label(tags: set[str], label: int) -> None:
    assert seen_label(frozenset(tags), 2) == label


def test_faces_of_a_label_file_are_named_in_its_own_order(coco_folder: Path) -> None:
    namer = Scripted()
    faces = judge_faces(namer, coco_folder / "train.json")
    assert [(one.given, one.seen, one.tags) for one in faces] == [(2, 2, frozenset())]
    assert namer.boxes == [[4, 6, 24, 36]]


def test_faces_too_small_are_not_asked_about(coco_folder: Path) -> None:
    assert judge_faces(Scripted(), coco_folder / "train.json", min_face=25) == []


def test_a_crop_with_two_cases_is_judged_once(tmp_path: Path) -> None:
    for name, grey in (("dark", 20), ("bright", 230)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((20, 20, 3), grey, np.uint8))
    shared: dict[str, Any] = {"label_given": "mask_correct", "source": "drawn"}
    crops = [
        CropCase(file="dark.png", case="hand", label_seen="no_mask", **shared),
        CropCase(file="bright.png", case="beard", label_seen="mask_correct", **shared),
        CropCase(file="dark.png", case="scarf", label_seen="no_mask", **shared),
    ]
    dark, bright = judge_crops(Scripted(), tmp_path, crops, lambda _: np.asarray([2, 2, 18, 18], np.float32))
    assert (dark.tags, dark.given, dark.seen) == (frozenset({"hand", "scarf"}), 2, 0)
    assert (bright.tags, bright.given, bright.seen) == (frozenset({"beard"}), 2, 2)
    assert dark.probabilities.argmax() == 0
    assert bright.probabilities.argmax() == 2


def test_tags_follow_the_order_of_faces_and_leave_crowds_out(coco_folder: Path) -> None:
    labels = coco_folder / "train.json"
    assert face_tags(labels) == {"a.png": (frozenset(), frozenset()), "b.png": ()}
    renamed = json.loads(labels.read_text())
    renamed["images"][0]["file_name"] = "ilc2021-012903973a.webp"
    renamed["annotations"][1]["id"] = 102
    labels.write_text(json.dumps(renamed))
    assert face_tags(labels)["ilc2021-012903973a.webp"] == (frozenset(), frozenset({"helmet", "sunglasses"}))


def test_a_missing_or_broken_label_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="no label file"):
        face_tags(tmp_path / "val.json")
    (tmp_path / "val.json").write_text('{"images": 3}')
    with pytest.raises(BrokenAnnotations, match="not a COCO label file"):
        face_tags(tmp_path / "val.json")


def test_the_held_out_list_has_one_name_of_its_own() -> None:
    assert len(held_out_digest()) == 12
    assert len(held_out_crops()) > 300


class Opened(Scripted):
    """The scripted classifier as if it came from a weights folder."""

    def __init__(self, _folder: Path) -> None:
        super().__init__()
        self.card = {"uncertain_below": 0.6, "held_out_crops": held_out_digest()}


@pytest.mark.parametrize("present", [0, 2])
def test_a_data_folder_without_our_held_out_crops_can_be_judged(
    present: int, coco_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_rows_module, "ServedClassifier", Opened)
    monkeypatch.setattr(case_rows_module, "YuNet", lambda _path: None)
    middle = np.asarray([2, 2, 10, 10], np.float32)
    monkeypatch.setattr(case_rows_module, "surest_box", lambda _image, _teacher, is_crop: middle)
    images = tmp_path / "crops" / "images"
    images.mkdir(parents=True)
    files = sorted(held_out_crops())
    for name in files[:present]:
        cv2.imwrite(str(images / name), np.zeros((12, 12, 3), np.uint8))
    rows = evaluate_cases(tmp_path, tmp_path, coco_folder / "train.json")
    assert {row["group"] for row in rows} == {"validation faces", *(["held-out crops"] if present else [])}
    notes = {row["note"] for row in rows if row["group"] == "held-out crops"}
    told = f"{len(files) - present} of {len(files)} held-out crops are not in this data folder"
    assert notes == ({told} if present else set())
    assert all(row["n"] == present for row in rows if row["group"] == "held-out crops" and row["case"] == "all")
