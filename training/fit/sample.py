"""What the network learns from: a crop, where a mask covers it, and how much of that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from training.augment.photometric import coarsen, degrade, jitter_colour
from training.dataset.crop_bank import ROOM, SIDE
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

CROP_SIZE = 128  # pixels of the network's input
MAP_SIZE = 64  # and of its map
CROP_SCALE = 1.5  # of the crop's side against the face box's longer side: a mask under the chin is in
# Of the face box's height, from above: nobody wears a mask over the brows, and everybody who wears it well wears it
# over the mouth. The box of a profile is wide: the spot is in the mask there, too.
BROWS, MOUTH, MOUTH_RADIUS = 0.25, 0.74, 0.1
TURN_DEGREES = 20.0
COARSE_SHARE, DEGRADED_SHARE = 0.35, 0.25
COARSE_PX = (20.0, 72.0)  # of the crop on the sensor


@dataclass(frozen=True, kw_only=True)
class Square:
    """A face with ROOM around it, as a bank stores it."""

    image: Pixels  # uint8 [SIDE, SIDE, 3] RGB
    cover: Floats  # [SIDE, SIDE] 0..1, how much of each pixel a mask covers
    known: Floats  # [SIDE, SIDE] 0 where nobody knows, else 1


def exact(image: Pixels, cover: Floats) -> Square:
    """A square of which every pixel is known."""
    return Square(image=image, cover=cover, known=np.ones(cover.shape, np.float32))


def bare(image: Pixels) -> Square:
    """A square without any mask."""
    return exact(image, np.zeros(image.shape[:2], np.float32))


def worn_well(image: Pixels) -> Square:
    """A real face with a mask that nobody outlined: known are the mouth and all above the brows."""
    side = image.shape[0]
    cover, known = np.zeros((side, side), np.float32), np.zeros((side, side), np.float32)
    face = side / ROOM
    top = (side - face) / 2
    known[: round(top + BROWS * face)] = 1
    for layer in (cover, known):
        cv2.circle(layer, (side // 2, round(top + MOUTH * face)), round(MOUTH_RADIUS * face), (1.0,), -1)
    return Square(image=image, cover=cover, known=known)


def jitter(square: Square, random: np.random.Generator) -> Square:
    """The crop [CROP_SIZE] as a detector might have framed it, in any camera's colours; its maps are [MAP_SIZE]."""
    side = SIDE * CROP_SCALE / ROOM * float(np.exp(random.uniform(-0.2, 0.16)))
    x, y = SIDE / 2 + random.uniform(-0.06, 0.06, 2) * side
    frame = ((float(x), float(y)), side, float(random.uniform(-TURN_DEGREES, TURN_DEGREES)))
    image = np.asarray(cut(square.image, frame, CROP_SIZE), np.uint8)
    cover, known = (np.asarray(cut(layer, frame, MAP_SIZE), np.float32) for layer in (square.cover, square.known))
    if random.random() < 0.5:
        image, cover, known = image[:, ::-1], cover[:, ::-1], known[:, ::-1]
    return Square(image=_taken(np.ascontiguousarray(image), random), cover=cover, known=known)


def cut(layer: Pixels | Floats, frame: tuple[tuple[float, float], float, float], size: int) -> Any:
    """The square of this middle, side and turn in degrees, brought to size x size; its border is repeated outside."""
    (x, y), side, turn = frame
    matrix = np.asarray(cv2.getRotationMatrix2D((x, y), turn, size / side), np.float32)
    matrix[:, 2] += np.asarray([size / 2 - x, size / 2 - y], np.float32)
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    return cv2.warpAffine(layer, matrix, (size, size), flags=flags, borderMode=border)


def _taken(image: Pixels, random: np.random.Generator) -> Pixels:
    """By some camera."""
    image = jitter_colour(image, random)
    if random.random() < COARSE_SHARE:
        image = coarsen(image, float(np.exp(random.uniform(*np.log(COARSE_PX)))) / image.shape[0])
    return degrade(image, random) if random.random() < DEGRADED_SHARE else image
