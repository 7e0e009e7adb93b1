"""Portraits from `crops/` as pictures for the detector: large faces with all sorts of masks, labelled by agreement.

Their labels say how the mask is worn, not where the face is. A portrait in which the finders do not agree on a face is
left out, and so is one that shows a held-out face: some were collected from the same pages.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.augment.windows import FILL
from training.dataset.coco import FACE, Picture
from training.dataset.crop_bank import ROOM, SIDE, TWIN_CORRELATION, likenesses, thumbnail
from training.dataset.crops import cut_square
from training.dataset.pixel_cache import Pixels, read_rgb
from training.dataset.written import Labelled
from training.errors import DataMissing
from training.finders.found import FaceFinder, FoundFaces
from training.geometry import Floats, areas, clip
from training.labels.agreement import AgreedFaces
from training.labels.cleaning import Rules
from training.labels.matching import touching
from training.labels.verdicts import Change, Cleaned, verdicts_on

KINDS = ("photo", "photo+box")  # of labels.csv; a `crop` shows the face alone, without what surrounds a face
MARGIN = 0.25  # of the longer side, grey: a face that fills the picture is found only with room around it
MIN_VISIBLE = 0.7  # of a face's box inside the picture


class Framed:
    """A finder that sees every picture with a grey frame around it, and answers in the picture's own pixels."""

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]; a box may reach beyond the picture."""
        margin = round(max(image.shape[:2]) * MARGIN)
        framed = np.pad(image, ((margin, margin), (margin, margin), (0, 0)), constant_values=FILL)
        found = self._finder.find(framed)
        shift = np.float32(margin)
        return FoundFaces(boxes=found.boxes - shift, scores=found.scores, landmarks=found.landmarks - shift)


def load_portraits(crops: Path) -> list[Picture]:
    """The real photos of `crops/labels.csv`, without boxes: their faces are not known yet."""
    path = crops / "labels.csv"
    if not path.is_file():
        raise DataMissing(f"no label file at {path}; give the folder of the data with --data")
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in KINDS and row["synthetic"] != "yes"]
    return [_portrait(crops / "images" / row["file"], row["source"]) for row in rows]


def _portrait(path: Path, source: str) -> Picture:
    height, width = read_rgb(path).shape[:2]
    return Picture(
        path=path,
        width=width,
        height=height,
        source=source,
        boxes=np.zeros((0, 4), np.float32),
        categories=np.zeros(0, np.int64),
        points=np.zeros((0, 5, 2), np.float32),
        ignored=np.zeros((0, 4), np.float32),
    )


def label_portrait(portrait: Picture, agreed: AgreedFaces, rules: Rules) -> Cleaned | None:
    """Faces on which enough finders agree; what fewer see is ignored. None where they agree on nothing."""
    inside = clip(agreed.boxes, portrait.width, portrait.height)
    is_visible = areas(inside) >= MIN_VISIBLE * areas(agreed.boxes)
    faces = np.flatnonzero(is_visible & (agreed.votes >= rules.votes))
    faces = faces[_apart(agreed.boxes[faces], rules.touch)]
    if not len(faces):
        return None
    doubtful = np.setdiff1d(np.flatnonzero((agreed.votes >= 1) & (areas(inside) > 0)), faces)
    doubtful = doubtful[~touching(agreed.boxes[doubtful], agreed.boxes[faces], rules.touch)]
    picture = replace(
        portrait,
        boxes=inside[faces],
        categories=np.full(len(faces), FACE, np.int64),
        points=agreed.landmarks[faces],
        ignored=inside[doubtful],
    )
    labelled = Labelled(picture=picture, votes=agreed.votes[faces], scores=agreed.scores[faces])
    verdicts = (*verdicts_on(Change.ADDED, agreed, faces), *verdicts_on(Change.IGNORED, agreed, doubtful))
    return Cleaned(labelled=labelled, verdicts=verdicts)


def _apart(boxes: Floats, share: float) -> list[int]:
    """Positions of boxes that no earlier one touches; the earlier ones have more votes."""
    kept: list[int] = []
    for row in range(len(boxes)):
        if not touching(boxes[row : row + 1], boxes[kept], share)[0]:
            kept.append(row)
    return kept


def shows_any(pictures: Sequence[Picture], held_out: Sequence[Picture]) -> list[bool]:
    """Which pictures show a face of a held-out one, by the classifier's measure of twins."""
    if not pictures or not held_out:
        return [False] * len(pictures)
    known = np.stack([face for picture in held_out for face in _thumbnails(picture)])
    return [
        bool((likenesses(np.stack(_thumbnails(picture)), known) >= TWIN_CORRELATION).any())
        for picture in tqdm(pictures, "twins", disable=None)
    ]


def _thumbnails(picture: Picture) -> list[Floats]:
    image = read_rgb(picture.path)
    return [thumbnail(cut_square(image, box, scale=ROOM, size=SIDE)) for box in picture.boxes]
