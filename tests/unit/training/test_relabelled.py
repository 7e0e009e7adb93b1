"""Corrected labels of training crops: sound, apart from the held-out ones, and refused with the line when broken."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from training.dataset.cases import held_out_crops
from training.dataset.relabelled import load_relabelled, parse_relabelled
from training.errors import BrokenAnnotations

TABLE = Path(__file__).resolve().parents[4] / "shared" / "data" / "crops" / "labels.csv"
HEADER = "file,label_given,label_seen,source\n"


def test_the_label_to_train_with_is_the_seen_one() -> None:
    text = HEADER + "a.webp,no_mask,mask_incorrect,drawn\nb.webp,mask_correct,no_mask,drawn\n"
    assert parse_relabelled(text, "x") == {"a.webp": "mask_incorrect", "b.webp": "no_mask"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("file,label\n", 1),
        (HEADER + "a.webp,no_mask,mask,drawn\n", 2),
        (HEADER + "a.webp,no_mask,no_mask,drawn\n", 2),
        (HEADER + "a.webp,no_mask,mask_correct\n", 2),
        (HEADER + "a.webp,no_mask,mask_correct,drawn\na.webp,no_mask,mask_incorrect,drawn\n", 3),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BrokenAnnotations, match=rf"^new\.csv line {line}: "):
        parse_relabelled(text, "new.csv")


def test_no_crop_is_both_corrected_and_held_out() -> None:
    assert load_relabelled()
    assert not load_relabelled().keys() & held_out_crops()


def test_corrections_name_existing_crops_by_the_label_they_have() -> None:
    if not TABLE.is_file():
        pytest.skip("needs the pictures of ../shared/data, which are not part of the project")
    with TABLE.open(newline="") as file:
        rows = {row["file"]: (row["label"], row["source"]) for row in csv.DictReader(file)}
    text = files("training.cases").joinpath("relabelled.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        assert rows[row["file"]] == (row["label_given"], row["source"])


def test_a_relabelled_crop_is_put_right_and_a_mask_pasted_over_it_is_not_drawn() -> None:
    pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
    pytest.importorskip("tqdm", reason="needs tqdm (pip install 'maskwatch[training]')")
    from training.dataset.crop_bank import put_right

    labels, synthetic = np.asarray([0, 0, 2, 2]), np.asarray([False, False, True, False])
    right = put_right(labels, np.asarray(["a", "b", "b", "c"]), synthetic, {"b": "mask_incorrect"})
    assert right.tolist() == [0, 1, -1, 2]
    assert labels.tolist() == [0, 0, 2, 2]
