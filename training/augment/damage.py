"""What a bad line does to a picture: slices torn out of place, wrong macroblocks, rows smeared or grey.

Damage has a geometry. A face under it can no longer be seen and becomes a region to ignore, and so does a region that
shows pieces of the picture where they do not belong: half a face there is neither a face nor background.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.augment.windows import FILL, Sample
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats, areas, intersections

HIDDEN_SHARE = 0.4  # a face with this share of its box under damage is a region to ignore
BLOCK = 16  # pixels: H.264's macroblock, the unit in which pictures break
NO_BOXES = np.zeros((0, 4), np.float32)


@dataclass(frozen=True, kw_only=True)
class Damaged:
    """A broken picture and where it is broken."""

    image: Pixels  # uint8 [H, W, 3] RGB
    destroyed: Floats  # [K, 4] what stood there cannot be seen any more; the regions do not overlap
    displaced: Floats  # [M, 4] of these, the regions that show another part of the picture


def tear(image: Pixels, random: np.random.Generator) -> Damaged:
    """Shift a few horizontal bands sideways, or show the rows above them once more."""
    height, width = image.shape[:2]
    torn, bands = image.copy(), []
    for top, bottom in _bands(height, int(random.integers(1, 5)), random):
        if random.random() < 0.6:
            torn[top:bottom] = np.roll(image[top:bottom], int(_shift(width, random)), axis=1)
        else:
            source = int(random.integers(0, height - (bottom - top) + 1))
            torn[top:bottom] = image[source : source + bottom - top]
        bands.append((0, top, width, bottom))
    regions = np.asarray(bands, np.float32)
    return Damaged(image=torn, destroyed=regions, displaced=regions)


def _bands(height: int, count: int, random: np.random.Generator) -> list[tuple[int, int]]:
    """Up to `count` bands that do not overlap, each 8 px to a sixth of the height high."""
    cuts = np.sort(random.integers(0, height, count))
    ends = [*cuts[1:].tolist(), height]
    thick = random.integers(8, max(9, height // 6 + 1), count)
    spans = [(int(top), int(min(top + size, end))) for top, size, end in zip(cuts, thick, ends, strict=True)]
    return [span for span in spans if span[1] > span[0]]


def _shift(width: int, random: np.random.Generator) -> float:
    return float(random.choice([-1, 1]) * random.uniform(0.02, 0.35) * width)


def garble(image: Pixels, random: np.random.Generator) -> Damaged:
    """Lose a slice: from some macroblock on, a few rows repeat one block, or patches of wrong colour stand there."""
    height, width = image.shape[:2]
    broken, regions = image.copy(), []
    top = int(random.integers(0, max(1, height // BLOCK))) * BLOCK
    for row in range(top, min(top + BLOCK * int(random.integers(1, 5)), height), BLOCK):
        left = int(random.integers(0, max(1, width // BLOCK))) * BLOCK if row == top else 0
        rows = slice(row, min(row + BLOCK, height))
        if random.random() < 0.5:
            wrong = _repeated(image[rows, left : left + BLOCK], width - left)
        else:
            wrong = np.roll(image[rows], BLOCK * int(random.integers(1, 6)), axis=1)[:, left:]
        broken[rows, left:] = _discoloured(wrong, random)
        regions.append((left, rows.start, width, rows.stop))
    boxes = np.asarray(regions, np.float32)
    return Damaged(image=broken, destroyed=boxes, displaced=boxes)


def _repeated(block: Pixels, width: int) -> Pixels:
    return np.tile(block, (1, -(-width // block.shape[1]), 1))[:, :width]


def _discoloured(rows: Pixels, random: np.random.Generator) -> Pixels:
    """Some macroblocks with their own error, as wrong coefficients give it: of brightness first, then of colour."""
    blocks = -(-rows.shape[1] // BLOCK)
    errors = random.normal(0, 40, (1, blocks, 1)) + random.normal(0, 25, (1, blocks, 3))
    errors *= random.random((1, blocks, 1)) < random.uniform(0.1, 0.6)
    wide = np.repeat(errors, BLOCK, axis=1)[:, : rows.shape[1]]
    return np.clip(rows + wide, 0, 255).astype(np.uint8)


def smear(image: Pixels, random: np.random.Generator) -> Damaged:
    """Lose the rest of the picture: from some macroblock on the last good row is dragged down, or all is grey."""
    height, width = image.shape[:2]
    top = int(random.integers(max(1, height // 4), height))
    left = int(random.integers(0, width))
    rest = _greyed(image, random) if random.random() < 0.5 else _dragged(image, top, random)
    middle, broken = min(top + BLOCK, height), image.copy()
    broken[top:middle, left:] = rest[top:middle, left:]
    broken[middle:] = rest[middle:]
    regions = [(left, top, width, middle), (0, middle, width, height)]
    destroyed = np.asarray([box for box in regions if box[1] < box[3]], np.float32)
    return Damaged(image=broken, destroyed=destroyed, displaced=NO_BOXES)


def _dragged(image: Pixels, top: int, random: np.random.Generator) -> Pixels:
    """Every row is the last good one above `top`, block by block more off in colour, as prediction from it drifts."""
    height, width = image.shape[:2]
    row = image[max(top - 1, 0)].astype(np.float32)
    drift = np.cumsum(random.normal(0, 2.0, (-(-height // BLOCK), -(-width // BLOCK), 3)), axis=0)
    off = cv2.resize(drift.astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(np.clip(row[None] + off, 0, 255), np.uint8)


def _greyed(image: Pixels, random: np.random.Generator) -> Pixels:
    """Grey, with a ghost of the edges: a decoder without its reference shows only what changed."""
    ghost = random.uniform(0.1, 0.6) if random.random() < 0.5 else 0.0
    soft = cv2.blur(image, (9, 9))
    grey = int(random.integers(FILL, 131))  # decoders fill with 128, or with what the studio range makes of it
    return np.asarray(cv2.addWeighted(image, ghost, soft, -ghost, grey), np.uint8)


DAMAGES: tuple[tuple[float, Callable[[Pixels, np.random.Generator], Damaged]], ...] = (
    (0.35, tear),
    (0.3, garble),
    (0.35, smear),
)


def damage(sample: Sample, random: np.random.Generator) -> Sample:
    """Break the picture in one way and take the labels back that it no longer shows."""
    shares = [share for share, _ in DAMAGES]
    return hide(sample, DAMAGES[int(random.choice(len(DAMAGES), p=shares))][1](sample.image, random))


def hide(sample: Sample, broken: Damaged) -> Sample:
    """The labels of a broken picture: hidden faces become regions to ignore, hidden landmarks unknown."""
    covered = intersections(sample.boxes, broken.destroyed).sum(axis=1) / np.maximum(areas(sample.boxes), 1e-9)
    seen = covered < HIDDEN_SHARE
    points = sample.points[seen].copy()
    points[_inside(points, broken.destroyed)] = np.nan
    ignored = np.concatenate([sample.ignored, sample.boxes[~seen], broken.displaced]).astype(np.float32)
    return replace(sample, image=broken.image, boxes=sample.boxes[seen], points=points, ignored=ignored)


def _inside(points: Floats, regions: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which points [N, 5, 2] lie in a region [K, 4]; unknown ones lie nowhere."""
    spots = points[:, :, None]
    inside = (spots >= regions[:, :2]).all(axis=-1) & (spots < regions[:, 2:]).all(axis=-1)
    return np.asarray(inside.any(axis=-1), bool)
