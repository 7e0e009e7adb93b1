"""Labels of `crops/` that are wrong by our rule (`training.dataset.cases` states it), looked at one by one.

`technion24k` has two classes: it files masks under the nose or chin as no_mask, and scarves, veils and hands over the
face as masks. Here are the ones we found among its training crops; those held out as hard cases are in `crops.csv`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib.resources import files

from training.dataset.cases import LABELS
from training.errors import BrokenAnnotations

COLUMNS = ("file", "label_given", "label_seen", "source")


def load_relabelled() -> Mapping[str, str]:
    """The label to train with of each file of `crops/` whose publisher's label is another."""
    text = files("training.cases").joinpath("relabelled.csv").read_text(encoding="utf-8")
    return parse_relabelled(text, "training/cases/relabelled.csv")


def parse_relabelled(text: str, origin: str) -> Mapping[str, str]:
    """The content of `relabelled.csv`. Raises BrokenAnnotations, with the line, for what the format does not know."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise BrokenAnnotations(f"{origin} line 1: the columns are not {','.join(COLUMNS)}")
    labels: dict[str, str] = {}
    for row in reader:
        problem = _problem(row, labels)
        if problem:
            raise BrokenAnnotations(f"{origin} line {reader.line_num}: {problem}")
        labels[row["file"]] = row["label_seen"]
    return labels


def _problem(row: Mapping[str | None, object], known: Mapping[str, str]) -> str | None:
    if None in row or None in row.values():
        return f"not {len(COLUMNS)} values"
    if row["file"] in known:
        return f"{row['file']} stands there twice"
    for column in ("label_given", "label_seen"):
        if row[column] not in LABELS:
            return f"no label {row[column]!r}; they are {', '.join(LABELS)}"
    if row["label_given"] == row["label_seen"]:
        return f"{row['file']} has that label already"
    return None
