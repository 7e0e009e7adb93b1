"""Every model looks at every picture once; all figures come from what is kept here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.coco import FACE, Picture
from training.dataset.pixel_cache import Pixels, read_rgb
from training.evaluation.statistics import Numbers
from training.finders.found import FaceFinder, FoundFaces
from training.geometry import Floats

# Only these found boxes are given classes: below, hardly one in fifty is a face. Leaving them out can only lower mAP50.
CLASSIFIED_MIN_SCORE = 0.1
MOST_CLASSIFIED = 100  # per picture, the surest; COCO counts no more, either (arXiv:1405.0312)
Change = Callable[[Pixels], Pixels]


class FaceNamer(Protocol):
    """A classifier of faces: one picture and its boxes in, probabilities out."""

    def probabilities(self, image: Pixels, boxes: Floats) -> Numbers:
        """Probabilities [N, 3] of no_mask, mask_incorrect, mask_correct for boxes [N, 4] of a uint8 RGB picture."""
        ...


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One picture and what the models made of it."""

    picture: Picture
    found: FoundFaces
    milliseconds: float  # the finder took
    found_classes: Numbers  # [D, 3] probabilities of the found boxes; NaN where none were asked for
    labelled_classes: Numbers  # [N, 3] of the labelled boxes; NaN without a classifier or without a mask label


def look(
    pictures: Sequence[Picture], finder: FaceFinder, namer: FaceNamer | None, *, change: Change | None, title: str
) -> list[Seen]:
    """Run the models over all pictures, each changed by `change` first: without one, as they are."""
    return [_look(picture, finder, namer, change) for picture in tqdm(pictures, title, disable=None)]


def _look(picture: Picture, finder: FaceFinder, namer: FaceNamer | None, change: Change | None) -> Seen:
    image = read_picture(picture, change)
    start = time.perf_counter()
    found = finder.find(image)
    milliseconds = (time.perf_counter() - start) * 1000
    named = picture.categories != FACE
    labelled = np.full((len(picture.boxes), 3), np.nan)
    found_classes = np.full((len(found.boxes), 3), np.nan)
    if namer is not None:
        labelled[named] = namer.probabilities(image, picture.boxes[named])
        surest = _surest(found.scores)
        found_classes[surest] = namer.probabilities(image, found.boxes[surest])
    return Seen(
        picture=picture,
        found=found,
        milliseconds=milliseconds,
        found_classes=found_classes,
        labelled_classes=labelled,
    )


def _surest(scores: Floats) -> NDArray[np.int64]:
    """Positions of the boxes that are given classes, in falling score."""
    order = np.argsort(-scores, kind="stable")[:MOST_CLASSIFIED]
    return np.asarray(order[scores[order] >= CLASSIFIED_MIN_SCORE])


def read_picture(picture: Picture, change: Change | None) -> Pixels:
    """The picture as the models saw it, uint8 RGB [H, W, 3]."""
    image = read_rgb(picture.path)
    return image if change is None else change(image)
