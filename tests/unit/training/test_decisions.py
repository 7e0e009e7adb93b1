"""What a person decided is applied to a copy of the labels, or refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.cli import app
from training.dataset.coco import load_coco
from training.dataset.review.decisions import apply_decisions
from training.errors import BrokenAnnotations, DataMissing, InvalidOption

HEAD = "file,annotation_id,decision\n"


def decide(folder: Path, *lines: str) -> Path:
    path = folder / "decisions.csv"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return path


def changed(folder: Path, *lines: str) -> list[dict]:
    apply_decisions(folder / "train.json", decide(folder, *lines), folder / "new.json")
    return json.loads((folder / "new.json").read_text())["annotations"]


def test_every_decision_does_what_it_says_and_the_old_file_stays(coco_folder: Path) -> None:
    before = (coco_folder / "train.json").read_bytes()
    rows = changed(coco_folder, "a.png,1,relabel:mask_incorrect", "a.png,2,ignore", "a.png,3,drop")
    assert [(row["id"], row["category_id"], row["iscrowd"]) for row in rows] == [(1, 2, 0), (2, 4, 1)]
    assert (coco_folder / "train.json").read_bytes() == before


def test_what_is_kept_or_not_decided_stays_the_same(coco_folder: Path) -> None:
    old = json.loads((coco_folder / "train.json").read_text())["annotations"]
    assert changed(coco_folder, "a.png,1,keep") == old
    assert changed(coco_folder) == old


def test_faces_without_a_label_get_one_or_are_ignored(coco_folder: Path) -> None:
    place = '"new:5.0,6.5,10.0,12.0"'
    changed(coco_folder, f"b.png,{place},relabel:no_mask", f"b.png,{place},ignore", f"b.png,{place},drop")
    second = load_coco(coco_folder / "new.json")[1]
    assert second.boxes.tolist() == second.ignored.tolist() == [[5, 6.5, 15, 18.5]]
    assert second.categories.tolist() == [1]


def test_a_region_to_ignore_can_become_a_face(coco_folder: Path) -> None:
    assert changed(coco_folder, "a.png,3,relabel:face")[2]["iscrowd"] == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a.png,1,maybe", r"decisions\.csv:3: no decision 'maybe'"),
        ("a.png,1,relabel:scarf", r"decisions\.csv:3: no decision 'relabel:scarf'"),
        ("a.png,1,keep:x", r"decisions\.csv:3: no decision"),
        ("a.png,1", r"decisions\.csv:3: no decision ''"),
        ("z.png,1,keep", r"decisions\.csv:3: the labels have no picture z\.png"),
        ("b.png,1,keep", r"decisions\.csv:3: b\.png has no annotation 1"),
        ("a.png,99,keep", r"decisions\.csv:3: a\.png has no annotation 99"),
    ],
)
def test_a_wrong_decision_is_told_with_its_line_and_nothing_is_written(
    line: str, reason: str, coco_folder: Path
) -> None:
    with pytest.raises(BrokenAnnotations, match=reason):
        changed(coco_folder, "a.png,2,keep", line)
    assert not (coco_folder / "new.json").exists()


def test_files_that_do_not_fit_are_told(coco_folder: Path) -> None:
    labels, good = coco_folder / "train.json", decide(coco_folder)
    with pytest.raises(DataMissing, match="no file of decisions"):
        apply_decisions(labels, coco_folder / "none.csv", coco_folder / "new.json")
    with pytest.raises(DataMissing, match="no label file"):
        apply_decisions(coco_folder / "none.json", good, coco_folder / "new.json")
    with pytest.raises(InvalidOption, match="would overwrite"):
        apply_decisions(labels, good, labels)
    good.write_text("file,decision\n")
    with pytest.raises(BrokenAnnotations, match=r"decisions\.csv:1: the columns must be"):
        apply_decisions(labels, good, coco_folder / "new.json")


def test_ids_that_mean_two_labels_are_refused(coco_folder: Path) -> None:
    document = json.loads((coco_folder / "train.json").read_text())
    document["annotations"][1]["id"] = 1
    (coco_folder / "train.json").write_text(json.dumps(document))
    with pytest.raises(BrokenAnnotations, match="one id"):
        changed(coco_folder, "a.png,1,drop")


def test_the_command_applies_decisions(coco_folder: Path) -> None:
    decisions, output = decide(coco_folder, "a.png,1,drop"), coco_folder / "new.json"
    arguments = ["data", "review", str(coco_folder / "train.json"), "--apply", str(decisions), "--output", str(output)]
    assert CliRunner().invoke(app, arguments, catch_exceptions=False).stdout == f"{output}: 1 drop\n"
    assert len(load_coco(output)[0].boxes) == 1


def test_a_page_must_be_called_one(coco_folder: Path) -> None:
    arguments = ["data", "review", str(coco_folder / "train.json"), "--output", str(coco_folder / "train.json")]
    assert isinstance(CliRunner().invoke(app, arguments).exception, InvalidOption)


@pytest.mark.parametrize("place", ["new:1.2.3,4,5,6", "new:.,1,1,1", "new:5,5,0,10", "new:900,5,10,10"])
def test_a_new_face_must_lie_in_its_picture(coco_folder: Path, place: str) -> None:
    with pytest.raises(BrokenAnnotations, match=r"decisions\.csv:2: "):
        changed(coco_folder, f'b.png,"{place}",relabel:no_mask')
    assert not (coco_folder / "new.json").exists()


def test_decisions_in_another_encoding_are_one_sentence(coco_folder: Path) -> None:
    path = decide(coco_folder)
    path.write_bytes(path.read_bytes() + "caf\u00e9.png,1,keep\n".encode("latin-1"))
    with pytest.raises(BrokenAnnotations, match="not a CSV file in UTF-8"):
        apply_decisions(coco_folder / "train.json", path, coco_folder / "new.json")
