"""Hard cases: the packaged tags are sound and name what is there; broken files are refused with the line."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from training.dataset.cases import (
    CASES,
    FAULTS,
    LABELS,
    CropCase,
    held_out_crops,
    load_cases,
    load_crop_cases,
    parse_cases,
    parse_crop_cases,
)
from training.errors import BrokenAnnotations

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
HEADER = "file,case,label_given,label_seen,source\n"
NAMED = ("hand", "scarf", "beard", "profile", "sunglasses", "helmet")  # those issue and report ask for


def test_tags_are_read_by_file_and_annotation() -> None:
    text = '{"a.png": {\n"7": ["hand", "label_wrong"],\n"9": []}}'
    assert parse_cases(text, "x") == {"a.png": {7: frozenset({"hand", "label_wrong"}), 9: frozenset()}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a.png": {\n"7": ["hand",]}}', 2),
        ("[]", 1),
        ('{\n"a.png": ["hand"]}', 2),
        ('{"a.png": {\n"7": ["hand"],\n"8": ["hat"]}}', 3),
        ('{"a.png": {"8": []},\n"b.png": {\n"7": [],\n"8": "hand"}}', 4),
        ('{"a.png": {\n"seven": ["hand"]}}', 2),
        ('{"a.png": {\n\n"7": [[]]}}', 3),
    ],
)
def test_a_broken_tag_file_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BrokenAnnotations, match=rf"^tags\.json line {line}: "):
        parse_cases(text, "tags.json")


def test_crops_are_read_with_both_labels() -> None:
    crops = parse_crop_cases(HEADER + "a.webp,scarf,mask_correct,no_mask,drawn\n", "x")
    assert crops == (
        CropCase(file="a.webp", case="scarf", label_given="mask_correct", label_seen="no_mask", source="drawn"),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("file,case\n", 1),
        ("", 1),
        (HEADER + "a.webp,hat,no_mask,no_mask,drawn\n", 2),
        (HEADER + "a.webp,hand,no_mask,no_mask,drawn\nb.webp,hand,no_mask,mask,drawn\n", 3),
        (HEADER + "a.webp,hand,bare,no_mask,drawn\n", 2),
        (HEADER + "a.webp,hand,no_mask,no_mask\n", 2),
        (HEADER + "a.webp,hand,no_mask,no_mask,drawn,more\n", 2),
    ],
)
def test_a_broken_crop_file_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BrokenAnnotations, match=rf"^crops\.csv line {line}: "):
        parse_crop_cases(text, "crops.csv")


def test_every_case_and_fault_is_explained_and_no_name_is_both() -> None:
    assert all(CASES.values())
    assert all(FAULTS.values())
    assert not CASES.keys() & FAULTS.keys()


def test_a_wrong_label_says_what_was_seen() -> None:
    seen = {f"seen_{label}" for label in LABELS}
    for name, faces in load_cases().items():
        for face, tags in faces.items():
            assert len(tags & seen) <= 1, (name, face)
            assert "label_wrong" not in tags or tags & seen, (name, face)


def test_every_named_case_has_validation_faces_and_held_out_crops() -> None:
    faces = [tags for tagged in load_cases().values() for tags in tagged.values()]
    for case in NAMED:
        assert any(case in tags for tags in faces), case
        assert sum(crop.case == case for crop in load_crop_cases()) >= 30, case


def test_a_crop_keeps_its_labels_and_has_each_case_once() -> None:
    known: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    pairs = [(crop.file, crop.case) for crop in load_crop_cases()]
    for crop in load_crop_cases():
        known[crop.file].add((crop.label_given, crop.label_seen, crop.source))
    assert len(pairs) == len(set(pairs))
    assert all(len(rows) == 1 for rows in known.values())
    assert held_out_crops() == known.keys()


def test_tags_name_existing_faces() -> None:
    labels = DATA / "masks" / "val.json"
    if not labels.is_file():
        pytest.skip("needs the pictures of ../shared/data, which are not part of the project")
    document = json.loads(labels.read_text())
    names = {image["id"]: image["file_name"] for image in document["images"]}
    given = {(names[row["image_id"]], row["id"]): LABELS[row["category_id"] - 1] for row in document["annotations"]}
    for name, faces in load_cases().items():
        for face, tags in faces.items():
            assert (name, face) in given
            assert f"seen_{given[name, face]}" not in tags, "seen_ is for what the label does not say"


def test_held_out_crops_exist_with_the_label_given() -> None:
    table = DATA / "crops" / "labels.csv"
    if not table.is_file():
        pytest.skip("needs the pictures of ../shared/data, which are not part of the project")
    with table.open(newline="") as file:
        rows = {row["file"]: (row["label"], row["source"]) for row in csv.DictReader(file)}
    for crop in load_crop_cases():
        assert rows[crop.file] == (crop.label_given, crop.source)
