"""Face crops with a table, as in the data folder's `crops/`: `images/` and `labels.csv`. Written only."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.dataset.crops import cut_square
from training.dataset.formats.labelled import CLASSES, LabelledPicture, load_pixels, save_pixels

COLUMNS = ("file", "label", "source", "kind", "synthetic")
SCALE = 1.4  # of the box's longer side: room for jitter
MAX_SIDE = 192  # pixels, as in crops/
LABELS = tuple(name for name in CLASSES if name != "face")


def write(pictures: Sequence[LabelledPicture], output: Path, *, is_copying: bool) -> None:
    """Cut out every face with a mask label; `is_copying` says nothing here, for crops are always new pictures."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for number, picture in enumerate(pictures):
            faces = [box for box in picture.boxes if box.label in LABELS]
            if not faces:
                continue
            pixels = load_pixels(picture)
            for face, box in enumerate(faces):
                corners = np.asarray(box.box, np.float32)
                side = round(float(max(corners[2] - corners[0], corners[3] - corners[1])) * SCALE)
                crop = cut_square(pixels, corners, scale=SCALE, size=min(max(side, 1), MAX_SIDE))
                name = f"{picture.path.stem}-{number}-{face}.png"
                save_pixels(crop, output / "images" / name)
                table.writerow((name, box.label, picture.source, "crop", "no"))
