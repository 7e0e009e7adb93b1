"""Other people's labels become ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.dataset.formats import coco, voc, yolo
from training.dataset.formats.labelled import CLASSES, IGNORED, LabelledBox, LabelledPicture
from training.errors import DataMissing, InvalidOption, UnknownClass

READERS: dict[str, Callable[[Path], Iterator[LabelledPicture]]] = {
    "coco": coco.read,
    "yolo": yolo.read,
    "voc": voc.read,
}
DROPPED = "drop"  # a class mapped to this is left out
TARGETS = (*CLASSES, IGNORED, DROPPED)


@dataclass(frozen=True, kw_only=True)
class ImportOrder:
    """What to read, how, and where it goes."""

    folder: Path
    format: str  # a key of READERS
    output: Path
    class_map: Mapping[str, str]  # their class -> one of TARGETS; our own names need no entry
    is_copying: bool = True


def import_labels(order: ImportOrder) -> dict[str, Any]:
    """Write `labels.json` and `images/` into the output folder and return counts.

    Raises DataMissing, BrokenAnnotations or UnknownClass; then nothing is written.
    """
    if order.format not in READERS:
        raise InvalidOption(f"no format {order.format!r}; there are {', '.join(READERS)}")
    if not order.folder.exists():
        raise DataMissing(f"no folder {order.folder}")
    home = order.folder.parent if order.folder.is_file() else order.folder
    if order.output.resolve() == home.resolve():
        raise InvalidOption(f"--output {order.output} is where the labels to import lie; give another folder")
    pictures = list(map_classes(READERS[order.format](order.folder), order.class_map))
    coco.write(pictures, order.output, is_copying=order.is_copying)
    labels = Counter(box.label for picture in pictures for box in picture.boxes)
    return {"labels": str(order.output / coco.LABELS), "pictures": len(pictures), "boxes": dict(labels)}


def read_class_map(entries: Iterable[str]) -> dict[str, str]:
    """`THEIRS=OURS` entries as a table. Raises InvalidOption for anything else."""
    table = {}
    for entry in entries:
        theirs, sign, ours = entry.rpartition("=")
        if not sign or not theirs:
            raise InvalidOption(f"--map {entry!r} is not THEIRS=OURS")
        if ours not in TARGETS:
            raise InvalidOption(f"--map {entry!r}: {ours!r} is none of {', '.join(TARGETS)}")
        table[theirs] = ours
    return table


def map_classes(pictures: Iterable[LabelledPicture], class_map: Mapping[str, str]) -> Iterator[LabelledPicture]:
    """Give every box our name. Raises UnknownClass with the place of the first box that has none."""
    table = {**{name: name for name in (*CLASSES, IGNORED)}, **class_map}
    for picture in pictures:
        boxes = tuple(_mapped(box, table) for box in picture.boxes)
        yield replace(picture, boxes=tuple(box for box in boxes if box.label != DROPPED))


def _mapped(box: LabelledBox, table: Mapping[str, str]) -> LabelledBox:
    if box.label not in table:
        raise UnknownClass(
            f"{box.where}: unknown class {box.label!r}; say what it is with --map {box.label!r}=OURS, "
            f"where OURS is one of {', '.join(TARGETS)}"
        )
    return replace(box, label=table[box.label])
