"""Darknet's text labels (https://docs.ultralytics.com/datasets/detect): a file per picture, a line per box.

A line is `class x y width height`: the class is a position in `classes.txt` (or `obj.names`), the rest the box's middle
and size as shares of the picture's sides. Pictures lie in `images/` beside `labels/`, or beside their labels.
"""

from __future__ import annotations

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

NAME_FILES = ("classes.txt", "obj.names")


def read(folder: Path) -> Iterator[LabelledPicture]:
    """Read every label file below a folder. Raises BrokenAnnotations with file and line at the end, for all of them."""
    names_file = next((folder / name for name in NAME_FILES if (folder / name).is_file()), None)
    if names_file is None:
        raise DataMissing(f"{folder} has no {' or '.join(NAME_FILES)} with the names of the classes, one a line")
    names = [line.strip() for line in names_file.read_text().splitlines() if line.strip()]
    problems: list[TrainingError] = []
    files = sorted(path for path in folder.rglob("*.txt") if path.name not in NAME_FILES)
    if not files:
        raise DataMissing(f"{folder} has no label files (*.txt)")
    for file in files:
        try:
            yield _read_file(file, folder, names)
        except TrainingError as problem:
            problems.append(problem)
    raise_problems(problems)


def _read_file(file: Path, folder: Path, names: Sequence[str]) -> LabelledPicture:
    inside = file.parent.relative_to(folder)
    beside = Path(*("images" if part == "labels" else part for part in inside.parts))
    path = find_picture((folder / beside, file.parent, folder / "images", folder), file.stem, str(file))
    width, height = read_size(path)
    boxes = [
        _read_line(line.split(), names, width, height, f"{file}:{number}")
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if line.strip()
    ]
    return LabelledPicture(path=path, width=width, height=height, boxes=tuple(boxes), source=folder.name)


def _read_line(words: Sequence[str], names: Sequence[str], width: int, height: int, where: str) -> LabelledBox:
    try:
        label = int(words[0])
        x, y, w, h = (float(word) for word in words[1:])
    except ValueError as error:
        raise BrokenAnnotations(f"{where}: not a class and four numbers: {' '.join(words)}") from error
    if not 0 <= label < len(names):
        raise BrokenAnnotations(f"{where}: class {label} is not among the {len(names)} of the names file")
    box: Box = ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
    return LabelledBox(label=names[label], box=checked(box, width, height, where), where=where)


def write(pictures: Sequence[LabelledPicture], output: Path, *, is_copying: bool) -> None:
    """Write `classes.txt`, `labels/` and `images/`; regions to ignore have no place in this format and are left out."""
    names = sorted({box.label for picture in pictures for box in picture.boxes if box.label != IGNORED})
    (output / "labels").mkdir(parents=True, exist_ok=True)
    (output / "classes.txt").write_text("".join(f"{name}\n" for name in names))
    for picture in pictures:
        place = place_picture(picture.path, output / "images", is_copying=is_copying)
        lines = [
            f"{names.index(box.label)} {_shares(box.box, picture.width, picture.height)}\n"
            for box in picture.boxes
            if box.label != IGNORED
        ]
        (output / "labels" / f"{place.stem}.txt").write_text("".join(lines))


def _shares(box: Box, width: int, height: int) -> str:
    left, top, right, bottom = box
    shares = ((left + right) / 2 / width, (top + bottom) / 2 / height, (right - left) / width, (bottom - top) / height)
    return " ".join(f"{share:.6f}" for share in shares)
