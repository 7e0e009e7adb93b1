"""Cut a window out of a labelled picture at a random scale, or four into a mosaic (Bochkovskiy, arXiv:2004.10934).

Everything is in pixels of the array at hand; the geometry of a window is one scale, one offset and one turn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.augment.affine import move_faces, move_points, move_regions, warp, window_matrix
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats, areas, clip, face_sizes

FILL = 114  # grey of what lies outside the picture
MIN_VISIBLE_SHARE = 0.45  # a face cut off beyond this is a region to ignore
MIN_FACE_PX = 6.0  # smaller faces are regions to ignore: a cell of the finest level is 8 px wide
TINY_FACE_PX = (8.0, 20.0)
TURNED_SHARE = 0.3
TURN_DEGREES = 12.0  # cameras hang askew and heads tilt; nobody stands on their head
MIRROR = [1, 0, 2, 4, 3]  # the landmarks' order in a mirrored picture


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A picture and its labels, as the detector learns from it."""

    image: Pixels  # uint8 [H, W, 3] RGB
    boxes: Floats  # [N, 4] xyxy
    points: Floats  # [N, 5, 2], NaN where unknown
    ignored: Floats  # [M, 4]
    bare: NDArray[np.bool_] | None = None  # [N] which faces surely wear nothing; known of whole pictures only


def cut(
    sample: Sample, *, scale: float, left: float, top: float, width: int, height: int, degrees: float = 0.0
) -> Sample:
    """Scale a sample and cut out the window whose corner is (left, top) in scaled pixels; outside it is grey.

    The picture turns by `degrees` clockwise around the window's middle, so that no corner of the window stays empty
    where the picture goes on.
    """
    matrix = window_matrix(scale=scale, left=left, top=top, degrees=degrees, width=width, height=height)
    ignored = clip(move_regions(sample.ignored, matrix), width, height)
    moved = Sample(
        image=warp(sample.image, matrix, width, height, fill=FILL),
        boxes=move_faces(sample.boxes, matrix),
        points=move_points(sample.points, matrix),
        ignored=ignored[areas(ignored) > 4],
    )
    return tidy(moved)


def tidy(sample: Sample) -> Sample:
    """Cut boxes to the picture; what is mostly outside or too small becomes a region to ignore."""
    height, width = sample.image.shape[:2]
    boxes = clip(sample.boxes, width, height)
    visible = areas(boxes) / np.maximum(areas(sample.boxes), 1e-9)
    kept = (visible >= MIN_VISIBLE_SHARE) & (face_sizes(boxes) >= MIN_FACE_PX)
    dropped = boxes[~kept & (areas(boxes) > 0)]
    ignored = np.concatenate([sample.ignored, dropped]).astype(np.float32)
    return replace(sample, boxes=boxes[kept], points=sample.points[kept], ignored=ignored)


def mirror(sample: Sample) -> Sample:
    """Flip left and right; the left eye stays the one on the picture's left."""
    width = sample.image.shape[1]

    def flipped(boxes: Floats) -> Floats:
        return np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)

    points = sample.points[:, MIRROR].copy()
    points[..., 0] = width - points[..., 0]
    image = np.ascontiguousarray(sample.image[:, ::-1])
    return Sample(image=image, boxes=flipped(sample.boxes), points=points, ignored=flipped(sample.ignored))


def random_window(sample: Sample, size: int, longer_side: tuple[float, float], random: np.random.Generator) -> Sample:
    """Scale the picture so that its longer side lies in the range (log-uniform) and cut a size x size window.

    Four in five windows hold a randomly chosen face; the others lie anywhere.
    """
    scale = _between(longer_side, random) / max(sample.image.shape[:2])
    face = random.integers(len(sample.boxes)) if len(sample.boxes) and random.random() < 0.8 else None
    return _window(sample, size, scale, None if face is None else sample.boxes[face], random)


def _between(limits: tuple[float, float], random: np.random.Generator) -> float:
    return math.exp(random.uniform(math.log(limits[0]), math.log(limits[1])))


def _window(sample: Sample, size: int, scale: float, box: Floats | None, random: np.random.Generator) -> Sample:
    """A window that holds the middle of the box, or lies anywhere; now and then turned."""
    height, width = sample.image.shape[:2]
    extent = np.asarray([width, height]) * scale
    if box is not None:
        corner = (box[:2] + box[2:]) / 2 * scale - random.uniform(0.2, 0.8, 2) * size
    else:
        corner = random.uniform(0, 1, 2) * (extent - size)
    left, top = np.clip(corner, np.minimum(0, extent - size), np.maximum(0, extent - size))
    turn = random.uniform(-TURN_DEGREES, TURN_DEGREES) if random.random() < TURNED_SHARE else 0.0
    return cut(sample, scale=scale, left=float(left), top=float(top), width=size, height=size, degrees=turn)


def mosaic(samples: list[Sample], size: int, random: np.random.Generator, *, tiny: bool = False) -> Sample:
    """Four samples around one random centre, each scaled to about the room it gets.

    In a `tiny` mosaic they are scaled so that a randomly chosen face of each measures TINY_FACE_PX, but never enlarged,
    nor shown much smaller than their room: what would be grey teaches nothing.
    """
    centre_x, centre_y = (int(value) for value in random.uniform(0.35, 0.65, 2) * size)
    columns, rows = ((0, centre_x), (centre_x, size)), ((0, centre_y), (centre_y, size))
    image = np.full((size, size, 3), FILL, np.uint8)
    parts: list[Sample] = []
    for position, sample in enumerate(samples[:4]):
        (left, right), (top, bottom) = columns[position % 2], rows[position // 2]
        part = _tile(sample, right - left, bottom - top, random, tiny=tiny)
        image[top:bottom, left:right] = part.image
        parts.append(_shifted(part, left, top))
    return Sample(
        image=image,
        boxes=np.concatenate([part.boxes for part in parts]),
        points=np.concatenate([part.points for part in parts]),
        ignored=np.concatenate([part.ignored for part in parts]),
    )


def _tile(sample: Sample, width: int, height: int, random: np.random.Generator, *, tiny: bool) -> Sample:
    picture_height, picture_width = sample.image.shape[:2]
    fit = min(width / picture_width, height / picture_height)
    scale = _tiny_scale(sample, fit, random) if tiny else fit * _between((0.7, 2.2), random)
    room_x, room_y = picture_width * scale - width, picture_height * scale - height
    left, top = random.random() * room_x, random.random() * room_y
    return cut(sample, scale=scale, left=left, top=top, width=width, height=height)


def _tiny_scale(sample: Sample, fit: float, random: np.random.Generator) -> float:
    if not len(sample.boxes):
        return fit
    face = float(random.choice(face_sizes(sample.boxes)))
    return min(max(_between(TINY_FACE_PX, random) / max(face, 1.0), 0.7 * fit), 1.0)


def _shifted(sample: Sample, left: int, top: int) -> Sample:
    offset = np.asarray([left, top], np.float32)
    four = np.tile(offset, 2)
    points = (sample.points + offset).astype(np.float32)
    return replace(sample, boxes=sample.boxes + four, points=points, ignored=sample.ignored + four)
