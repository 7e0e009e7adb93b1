"""Cut a window out of a labelled picture at a random scale, or four into a mosaic (Bochkovskiy, arXiv:2004.10934).

Everything is in pixels of the array at hand; the geometry of a window is one scale and one offset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels
from training.geometry import Floats, areas, clip, face_sizes

FILL = 114  # grey of what lies outside the picture
MIN_VISIBLE_SHARE = 0.45  # a face cut off beyond this is a region to ignore
MIN_FACE_PX = 6.0  # smaller faces are regions to ignore: a cell of the finest level is 8 px wide
MIRROR = [1, 0, 2, 4, 3]  # the landmarks' order in a mirrored picture


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A picture and its labels, as the detector learns from it."""

    image: Pixels  # uint8 [H, W, 3] RGB
    boxes: Floats  # [N, 4] xyxy
    points: Floats  # [N, 5, 2], NaN where unknown
    ignored: Floats  # [M, 4]


def cut(sample: Sample, *, scale: float, left: float, top: float, width: int, height: int) -> Sample:
    """Scale a sample and cut out the window whose corner is (left, top) in scaled pixels; outside it is grey."""
    matrix = np.asarray([[scale, 0, -left], [0, scale, -top]], np.float32)
    image = _resample(sample.image, matrix, width, height)
    shift = np.asarray([left, top], np.float32)
    boxes = sample.boxes * scale - np.tile(shift, 2)
    ignored = clip(sample.ignored * scale - np.tile(shift, 2), width, height)
    moved = Sample(image=image, boxes=boxes, points=sample.points * scale - shift, ignored=ignored[areas(ignored) > 4])
    return tidy(moved)


def _resample(image: Pixels, matrix: Floats, width: int, height: int) -> Pixels:
    """Warp; when shrinking by more than a half, average first, for a warp looks at four pixels only."""
    scale = float(matrix[0, 0])
    if scale < 0.6:
        half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        ratio = np.asarray([image.shape[1] / half.shape[1], image.shape[0] / half.shape[0], 1], np.float32)
        return _resample(np.asarray(half, np.uint8), matrix * ratio, width, height)
    fill = (FILL, FILL, FILL)
    return np.asarray(
        cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=fill), np.uint8
    )


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
    height, width = sample.image.shape[:2]
    scale = float(np.exp(random.uniform(*np.log(longer_side)))) / max(height, width)
    extent = np.asarray([width, height]) * scale
    if len(sample.boxes) and random.random() < 0.8:
        box = sample.boxes[random.integers(len(sample.boxes))] * scale
        corner = (box[:2] + box[2:]) / 2 - random.uniform(0.2, 0.8, 2) * size
    else:
        corner = random.uniform(0, 1, 2) * (extent - size)
    low, high = np.minimum(0, extent - size), np.maximum(0, extent - size)
    left, top = np.clip(corner, low, high)
    return cut(sample, scale=scale, left=float(left), top=float(top), width=size, height=size)


def mosaic(samples: list[Sample], size: int, random: np.random.Generator) -> Sample:
    """Four samples around one random centre, each scaled to about the room it gets."""
    centre_x, centre_y = (int(value) for value in random.uniform(0.35, 0.65, 2) * size)
    columns, rows = ((0, centre_x), (centre_x, size)), ((0, centre_y), (centre_y, size))
    image = np.full((size, size, 3), FILL, np.uint8)
    parts: list[Sample] = []
    for position, sample in enumerate(samples[:4]):
        (left, right), (top, bottom) = columns[position % 2], rows[position // 2]
        part = _tile(sample, right - left, bottom - top, random)
        image[top:bottom, left:right] = part.image
        parts.append(_shifted(part, left, top))
    return Sample(
        image=image,
        boxes=np.concatenate([part.boxes for part in parts]),
        points=np.concatenate([part.points for part in parts]),
        ignored=np.concatenate([part.ignored for part in parts]),
    )


def _tile(sample: Sample, width: int, height: int, random: np.random.Generator) -> Sample:
    picture_height, picture_width = sample.image.shape[:2]
    fit = min(width / picture_width, height / picture_height)
    scale = fit * float(np.exp(random.uniform(np.log(0.7), np.log(2.2))))
    room_x, room_y = picture_width * scale - width, picture_height * scale - height
    left, top = random.random() * room_x, random.random() * room_y
    return cut(sample, scale=scale, left=left, top=top, width=width, height=height)


def _shifted(sample: Sample, left: int, top: int) -> Sample:
    offset = np.asarray([left, top], np.float32)
    four = np.tile(offset, 2)
    points = (sample.points + offset).astype(np.float32)
    return replace(sample, boxes=sample.boxes + four, points=points, ignored=sample.ignored + four)
