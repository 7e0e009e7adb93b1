"""Apply what a person decided about suspicious labels: a new label file, the old one stays as it is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.dataset.formats.coco import read_document, write_document
from training.dataset.formats.labelled import CLASSES, checked
from training.errors import BrokenAnnotations, DataMissing, InvalidOption

COLUMNS = ("file", "annotation_id", "decision")
PLAIN = ("keep", "drop", "ignore")
ANY_SIDE = 1 << 30  # pixels; of a picture whose row does not say its size
NUMBER = r"\d+(?:\.\d+)?"
NEW = re.compile(rf"new:(-?{NUMBER}),(-?{NUMBER}),({NUMBER}),({NUMBER})")  # a face without a label: x, y, width, height
WAYS = f"{', '.join(PLAIN)} or relabel:CLASS with one of {', '.join(CLASSES)}"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One line of decisions.csv."""

    file: str
    annotation_id: str
    action: str  # keep, drop, ignore or relabel
    label: str  # of relabel
    where: str  # "file:line"


def apply_decisions(labels: Path, decisions: Path, output: Path) -> dict[str, int]:
    """Write the changed label file and return how often each action was taken.

    `ignore` makes the box a region in which a found face counts neither way. Raises BrokenAnnotations with file and
    line when a decision fits no label; then nothing is written.
    """
    if output.resolve() == labels.resolve():
        raise InvalidOption(f"--output {output} would overwrite the labels; give another name")
    document = read_document(labels)
    rows = {str(row["id"]): dict(row) for row in document["annotations"]}
    if len(rows) < len(document["annotations"]):
        raise BrokenAnnotations(f"{labels}: two annotations have one id, so a decision could mean either")
    images = {str(image["file_name"]): image for image in document["images"]}
    chosen = read_decisions(decisions)
    for decision in chosen:
        _apply(decision, rows, images)
    write_document({**document, "annotations": list(rows.values())}, output)
    return dict(Counter(decision.action for decision in chosen))


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of a CSV file. Raises DataMissing without it, BrokenAnnotations with the line that is wrong."""
    if not path.is_file():
        raise DataMissing(f"no file of decisions at {path}")
    with path.open(newline="", encoding="utf-8-sig") as file:  # spreadsheets like to write a byte order mark
        table = csv.DictReader(file)
        try:
            if not set(COLUMNS) <= set(table.fieldnames or ()):
                raise BrokenAnnotations(f"{path}:1: the columns must be {','.join(COLUMNS)}")
            return [_read(row, f"{path}:{table.line_num}") for row in table]
        except (UnicodeDecodeError, csv.Error) as error:
            raise BrokenAnnotations(f"{path}:{table.line_num + 1}: not a CSV file in UTF-8: {error}") from error


def _read(row: Mapping[str, str | None], where: str) -> Decision:
    file, annotation_id, decision = ((row[column] or "").strip() for column in COLUMNS)
    action, _, label = decision.partition(":")
    is_known = (action in PLAIN and not label) or (action == "relabel" and label in CLASSES)
    if not is_known:
        raise BrokenAnnotations(f"{where}: no decision {decision!r}; there are {WAYS}")
    return Decision(file=file, annotation_id=annotation_id, action=action, label=label, where=where)


def _apply(decision: Decision, rows: dict[str, dict[str, Any]], images: Mapping[str, Mapping[str, Any]]) -> None:
    if decision.file not in images:
        raise BrokenAnnotations(f"{decision.where}: the labels have no picture {decision.file}")
    image = images[decision.file]
    new = NEW.fullmatch(decision.annotation_id)
    if new is not None:
        _add(decision, [float(value) for value in new.groups()], rows, image)
        return
    row = rows.get(decision.annotation_id)
    if row is None or row["image_id"] != image["id"]:
        raise BrokenAnnotations(f"{decision.where}: {decision.file} has no annotation {decision.annotation_id}")
    if decision.action == "drop":
        del rows[decision.annotation_id]
    elif decision.action == "ignore":
        row["iscrowd"] = 1
    elif decision.action == "relabel":
        row.update(category_id=CLASSES[decision.label], iscrowd=0)


def _add(decision: Decision, bbox: list[float], rows: dict[str, dict[str, Any]], image: Mapping[str, Any]) -> None:
    """A face without a label gets one, or becomes a region to ignore; keep and drop leave it without."""
    if decision.action in {"keep", "drop"}:
        return
    x, y, width, height = bbox
    across, down = (int(image.get(side, ANY_SIDE)) for side in ("width", "height"))
    checked((x, y, x + width, y + height), across, down, decision.where)
    number = max((int(name) for name in rows if name.isdigit()), default=0) + 1
    rows[str(number)] = {
        "id": number,
        "image_id": image["id"],
        "category_id": CLASSES.get(decision.label, CLASSES["face"]),
        "bbox": bbox,
        "area": round(bbox[2] * bbox[3], 1),
        "iscrowd": int(decision.action == "ignore"),
    }
