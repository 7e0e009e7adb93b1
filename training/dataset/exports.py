"""Our labels in the formats of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.dataset.formats import coco, crops, voc, yolo
from training.errors import DataMissing, InvalidOption

WRITERS: dict[str, Callable[..., None]] = {
    "coco": coco.write,
    "yolo": yolo.write,
    "voc": voc.write,
    "crops": crops.write,
}


@dataclass(frozen=True, kw_only=True)
class ExportOrder:
    """Which label file goes where, in which format."""

    labels: Path
    format: str  # a key of WRITERS
    output: Path
    is_copying: bool = True


def export_labels(order: ExportOrder) -> dict[str, Any]:
    """Write pictures and labels into the output folder and return counts."""
    if order.format not in WRITERS:
        raise InvalidOption(f"no format {order.format!r}; there are {', '.join(WRITERS)}")
    if not order.labels.is_file():
        raise DataMissing(f"no label file at {order.labels}")
    if order.output.resolve() == order.labels.parent.resolve():
        raise InvalidOption(f"--output {order.output} is where the labels lie; give another folder")
    pictures = list(coco.read(order.labels))
    WRITERS[order.format](pictures, order.output, is_copying=order.is_copying)
    labels = Counter(box.label for picture in pictures for box in picture.boxes)
    return {"output": str(order.output), "pictures": len(pictures), "boxes": dict(labels)}
