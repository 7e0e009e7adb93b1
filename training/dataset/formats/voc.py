"""Pascal VOC's XML labels (http://host.robots.ox.ac.uk/pascal/VOC): a file per picture.

`<annotation>` holds `<filename>`, `<size>` and an `<object>` per box, with `<name>` and `<bndbox>` in pixels.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.dataset.formats.labelled import (
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

CORNERS = ("xmin", "ymin", "xmax", "ymax")
PICTURE_FOLDERS = ("JPEGImages", "images")


def read(folder: Path) -> Iterator[LabelledPicture]:
    """Read every label file below a folder. Raises BrokenAnnotations with the files at the end, for all of them."""
    files = sorted(folder.rglob("*.xml"))
    if not files:
        raise DataMissing(f"{folder} has no label files (*.xml)")
    problems: list[TrainingError] = []
    for file in files:
        try:
            yield _read_file(file, folder)
        except TrainingError as problem:
            problems.append(problem)
    raise_problems(problems)


def _read_file(file: Path, folder: Path) -> LabelledPicture:
    content = file.read_bytes()
    if b"<!ENTITY" in content:  # labels need none, and nested ones can fill the memory
        raise BrokenAnnotations(f"{file}: labels with entities of their own are not read")
    try:
        root = ET.fromstring(content)  # noqa: S314  # nosec B314  # without entities it is as safe as any text
    except ET.ParseError as error:
        raise BrokenAnnotations(f"{file}:{error.position[0]}: not XML: {error}") from error
    name = (root.findtext("filename") or file.stem).strip()
    places = (file.parent, *(folder / part for part in PICTURE_FOLDERS), file.parent.parent / "images", folder)
    path = find_picture(places, name, str(file))
    width, height = read_size(path)
    boxes = [
        _read_object(thing, width, height, f"{file}: object {number}")
        for number, thing in enumerate(root.iter("object"), start=1)
    ]
    return LabelledPicture(path=path, width=width, height=height, boxes=tuple(boxes), source=folder.name)


def _read_object(thing: ET.Element, width: int, height: int, where: str) -> LabelledBox:
    label = (thing.findtext("name") or "").strip()
    if not label:
        raise BrokenAnnotations(f"{where} has no name")
    try:
        left, top, right, bottom = (float(thing.findtext(f"bndbox/{corner}") or "") for corner in CORNERS)
    except ValueError as error:
        raise BrokenAnnotations(f"{where} has no bndbox of {', '.join(CORNERS)}") from error
    box: Box = (left, top, right, bottom)
    return LabelledBox(label=label, box=checked(box, width, height, where), where=where)


def write(pictures: Sequence[LabelledPicture], output: Path, *, is_copying: bool) -> None:
    """Write `Annotations/` and `JPEGImages/`; regions to ignore are objects that are called so and marked difficult."""
    (output / "Annotations").mkdir(parents=True, exist_ok=True)
    for picture in pictures:
        place = place_picture(picture.path, output / "JPEGImages", is_copying=is_copying)
        root = ET.Element("annotation")
        ET.SubElement(root, "filename").text = place.name
        size = ET.SubElement(root, "size")
        for tag, value in (("width", picture.width), ("height", picture.height), ("depth", 3)):
            ET.SubElement(size, tag).text = str(value)
        for box in picture.boxes:
            _add_object(root, box)
        ET.indent(root)
        ET.ElementTree(root).write(output / "Annotations" / f"{place.stem}.xml", encoding="utf-8")


def _add_object(root: ET.Element, box: LabelledBox) -> None:
    thing = ET.SubElement(root, "object")
    ET.SubElement(thing, "name").text = box.label
    ET.SubElement(thing, "difficult").text = str(int(box.label == IGNORED))
    corners = ET.SubElement(thing, "bndbox")
    for tag, value in zip(CORNERS, box.box, strict=True):
        ET.SubElement(corners, tag).text = f"{value:g}"
