"""COCO label files (https://cocodataset.org/#format-data), whoever wrote them; ours is this one, too.

The label file is `FOLDER/*.json`, or given itself; pictures lie in `images/` beside it or right beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.dataset.formats.labelled import (
    CLASSES,
    IGNORED,
    Box,
    LabelledBox,
    LabelledPicture,
    checked,
    find_picture,
    raise_problems,
    read_size,
)
from training.dataset.formats.placing import place_picture
from training.errors import BrokenAnnotations, DataMissing, TrainingError

LABELS = "labels.json"
KEYPOINTS = ["eye_left", "eye_right", "nose_tip", "mouth_left", "mouth_right"]
CATEGORIES = [
    {"id": number, "name": name, **({"keypoints": KEYPOINTS} if name == "face" else {})}
    for name, number in CLASSES.items()
]


def read(folder: Path) -> Iterator[LabelledPicture]:
    """Read the label files of a folder, or one file. Raises BrokenAnnotations at the end, for all pictures."""
    files = [folder] if folder.is_file() else sorted(folder.glob("*.json"))
    if not files:
        raise DataMissing(f"{folder} has no label file (*.json)")
    problems: list[TrainingError] = []
    for file in files:
        for image, rows, names in _read_file(file):
            try:
                yield _picture(file, image, rows, names)
            except TrainingError as problem:
                problems.append(problem)
    raise_problems(problems)


def _read_file(file: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], Mapping[int, str]]]:
    document = read_document(file)
    rows: dict[Any, list[dict[str, Any]]] = {image["id"]: [] for image in document["images"]}
    for row in document["annotations"]:
        rows[row["image_id"]].append(row)
    names = {row["id"]: str(row["name"]) for row in document.get("categories") or ()}
    for image in document["images"]:
        yield image, rows[image["id"]], names


def read_document(file: Path) -> dict[str, Any]:
    """The file's content. Raises DataMissing without it, BrokenAnnotations when it is not COCO, saying where."""
    if not file.is_file():
        raise DataMissing(f"no label file at {file}")
    try:
        document = json.loads(file.read_text())
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise BrokenAnnotations(f"{file}:{line}: not JSON: {error}") from error
    try:
        known = {image["id"] for image in document["images"] if image["file_name"]}
        for row in document["annotations"]:
            if row["image_id"] not in known:
                raise BrokenAnnotations(f"{file}: annotation {row.get('id')} belongs to no picture")
            row["id"], row["category_id"], row["bbox"]
        for category in document.get("categories") or ():
            category["id"], category["name"]
    except (KeyError, TypeError) as error:
        raise BrokenAnnotations(f"{file} is not a COCO label file: {type(error).__name__} {error}") from error
    return dict(document)


def _picture(
    file: Path, image: dict[str, Any], rows: Sequence[dict[str, Any]], names: Mapping[int, str]
) -> LabelledPicture:
    name = str(image["file_name"])
    path = find_picture((file.parent / "images", file.parent), name, f"{file}: image {image['id']}")
    width, height = read_size(path)
    if (image.get("width", width), image.get("height", height)) != (width, height):
        told = f"{image['width']}x{image['height']}"
        raise BrokenAnnotations(f"{file}: {name} is {width}x{height}, its label says {told}")
    boxes = tuple(_box(file, row, names, width, height) for row in rows)
    source = str(image.get("source", file.parent.name))
    return LabelledPicture(path=path, width=width, height=height, boxes=boxes, source=source)


def _box(file: Path, row: dict[str, Any], names: Mapping[int, str], width: int, height: int) -> LabelledBox:
    where = f"{file}: annotation {row['id']}"
    try:
        x, y, w, h = (float(value) for value in row["bbox"])
    except (ValueError, TypeError) as error:
        raise BrokenAnnotations(f"{where}: bbox is not four numbers") from error
    if row["category_id"] not in names and not row.get("iscrowd"):
        raise BrokenAnnotations(f"{where}: category {row['category_id']} is not among the file's categories")
    label = IGNORED if row.get("iscrowd") else names[row["category_id"]]
    box: Box = checked((x, y, x + w, y + h), width, height, where)
    return LabelledBox(label=label, box=box, where=where, keypoints=_landmarks(row))


def _landmarks(row: Mapping[str, Any]) -> Sequence[float] | None:
    """Five landmarks with their visibility; other people's keypoints, of bodies for example, are none of ours."""
    keypoints = row.get("keypoints")
    if not isinstance(keypoints, list) or len(keypoints) != 3 * len(KEYPOINTS):
        return None
    return keypoints if all(isinstance(value, int | float) and math.isfinite(value) for value in keypoints) else None


def write(pictures: Sequence[LabelledPicture], output: Path, *, is_copying: bool) -> None:
    """Write `labels.json` and `images/`. The labels must be ours, or IGNORED: then they are marked `iscrowd`."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for picture in pictures:
        place = place_picture(picture.path, output / "images", is_copying=is_copying)
        number = len(images) + 1
        size = {"width": picture.width, "height": picture.height}
        images.append({"id": number, "file_name": place.name, **size, "source": picture.source})
        for box in picture.boxes:
            annotations.append({"id": len(annotations) + 1, "image_id": number, **_row(box)})
    output.mkdir(parents=True, exist_ok=True)
    write_document({"images": images, "annotations": annotations, "categories": CATEGORIES}, output / LABELS)


def _row(box: LabelledBox) -> dict[str, Any]:
    left, top, right, bottom = box.box
    bbox = [round(value, 2) for value in (left, top, right - left, bottom - top)]
    row: dict[str, Any] = {
        "category_id": CLASSES.get(box.label, CLASSES["face"]),
        "bbox": bbox,
        "area": round(bbox[2] * bbox[3], 1),
        "iscrowd": int(box.label == IGNORED),
    }
    return {**row, "keypoints": list(box.keypoints)} if box.keypoints else row


def write_document(document: Mapping[str, Any], path: Path) -> None:
    """Write a COCO document in one line, as label files are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document) + "\n")
