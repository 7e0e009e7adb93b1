"""Faces with pasted masks, as crops: for the classifier, and with their exact coverage for a segmentation network.

Masks are pasted after the crop was cut and brought to its size, so that the coverage is as fine as the crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.augment.hang import Style
from training.augment.paste import Worn, choose_template, wear
from training.augment.templates import Template
from training.dataset.crops import cut_square, square_around
from training.dataset.faces68 import Face68
from training.dataset.pixel_cache import Pixels, read_rgb
from training.finders.found import FaceFinder
from training.geometry import Floats, ious

SURE_SCORE = 0.6  # of a found face: below it landmarks are guesses
SAME_FACE_IOU = 0.4  # of a found face and the one the crop was cut around
SEEN_LEVELS = 14.0  # mean change of a covered pixel, of 255: a black mask below a black beard is not to be seen
SEEN_SHARE = 0.015  # of a square's pixels
SEGMENTED_PX = 320  # side of a crop for segmentation
SEGMENTED_SCALE = 1.5  # its side against the face box's: a mask under the chin is in


@dataclass(frozen=True, kw_only=True)
class PastedFace:
    """A crop and all that is known of the mask in it."""

    image: Pixels  # uint8 [S, S, 3] RGB
    alpha: Floats  # [S, S] 0..1, how much of each pixel the mask covers
    points: Floats  # [68, 2] the face's points in the crop
    label: str  # "no_mask", "mask_incorrect" or "mask_correct"


def pasted_face(
    face: Face68,
    templates: Sequence[Template],
    style: Style | None,
    random: np.random.Generator,
    *,
    size: int = SEGMENTED_PX,
    scale: float = SEGMENTED_SCALE,
) -> PastedFace:
    """A crop of size x size around a face of `faces68` with a random mask in this style; None leaves the face bare."""
    image, points = cut_face(face, size=size, scale=scale)
    if style is None:
        return PastedFace(image=image, alpha=np.zeros((size, size), np.float32), points=points, label="no_mask")
    worn = put_on(image, points, templates, style, random)
    return PastedFace(image=worn.image, alpha=worn.alpha, points=points, label=style.label)


def put_on(
    image: Pixels, points: Floats, templates: Sequence[Template], style: Style, random: np.random.Generator
) -> Worn:
    """A random mask that suits the face of these points, 68 or five, in this style."""
    template = choose_template(templates, points, style, random)
    return wear(image, points, template=template, style=style, random=random)


def is_seen(worn: Worn, before: Pixels) -> bool:
    """Whether the mask shows: large enough in its square, and not of the colour of what it covers."""
    covered = worn.alpha > 0.5
    if covered.mean() < SEEN_SHARE:
        return False
    change = np.abs(worn.image[covered].astype(np.float32) - before[covered])
    return float(change.mean()) >= SEEN_LEVELS


def cut_face(face: Face68, *, size: int, scale: float) -> tuple[Pixels, Floats]:
    """The square around a face of `faces68`, and the face's points in it."""
    box = face.box()
    left, top, side = square_around(box, scale)
    points = (face.points - np.asarray([left, top], np.float32)) * np.float32(size / side)
    return cut_square(read_rgb(face.path), box, scale=scale, size=size), np.asarray(points, np.float32)


def find_points(square: Pixels, finder: FaceFinder, *, room: float) -> Floats | None:
    """Five landmarks [5, 2] of the face a square was cut around, `room` times as wide; None where it is not found."""
    side = square.shape[0]
    edge = side * (1 - 1 / room) / 2
    middle = np.asarray([[edge, edge, side - edge, side - edge]], np.float32)
    found = finder.find(square)
    overlap = ious(found.boxes, middle)[:, 0] * (found.scores >= SURE_SCORE)
    if not len(overlap) or overlap.max() < SAME_FACE_IOU:
        return None
    points = found.landmarks[int(overlap.argmax())]
    apart = float(np.hypot(*(points[3:].mean(axis=0) - points[:2].mean(axis=0))))
    return np.asarray(points, np.float32) if np.isfinite(points).all() and apart >= 0.1 * side / room else None
