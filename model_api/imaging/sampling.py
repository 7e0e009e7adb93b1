"""Rectangles of a picture, scaled by torch: what OpenCV does on the host, to about a level of 255."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from model_api import crops
from model_api.letterbox import Letterbox

# Along a pixel of a crop. Two are 5 levels of 255 off where a square is five times as large as its crop, four 1.7.
MOST_SAMPLES = 4

Square = tuple[int, int, int]  # left, top, side, in pixels; may reach beyond the picture


def letterboxed(picture: Tensor, box: Letterbox) -> Tensor:
    """A picture uint8 [H, W, 3] as float32 [3, h, w], the letterbox's inside.

    In the two steps of `Letterbox.place`: averaged down by a whole number, then linear.
    """
    height, width = picture.shape[:2]
    by = box.reduction(width, height)
    planes = picture.permute(2, 0, 1)[None].float()
    if height % by or width % by:  # the averages then share the pixels at their edges
        planes = _linear(planes, height // by * by, width // by * by)
    if by > 1:
        planes = functional.avg_pool2d(planes, by)
    across, down = box.inside
    return _linear(planes, down, across)[0]


def _linear(planes: Tensor, height: int, width: int) -> Tensor:
    return functional.interpolate(planes, (height, width), mode="bilinear")


def cut_squares(picture: Tensor, squares: Sequence[Square], *, size: int, replicate: bool) -> Tensor:
    """Squares of a picture uint8 [H, W, 3] as float32 [N, 3, size, size]; all of one `steps` below.

    A larger square is averaged as INTER_AREA does: over linear samples in each pixel of the crop, of a picture that is
    reduced until no pixel lies between two of them.
    """
    by, samples = steps(squares[0][2], size)
    areas = np.asarray([(left, top, side, side) for left, top, side in squares]) / by
    sampled = _sample(_averaged(picture, by), areas, (samples * size, samples * size), replicate=replicate)
    return functional.avg_pool2d(sampled, samples) if samples > 1 else sampled


def steps(side: int, size: int) -> tuple[int, int]:
    """For a square of `side` to become `size`: by how much to reduce the picture, and samples along a crop's pixel."""
    samples = 1 if side <= size else 2 if side <= 2 * size else MOST_SAMPLES
    return 2 ** max(0, math.ceil(math.log2(side / (samples * size)))), samples


def _averaged(picture: Tensor, by: int) -> Tensor:
    """[H, W, 3] as float32 [3, H / by, W / by]; a last row or column is the average of what is left."""
    planes = picture.permute(2, 0, 1).float()
    return functional.avg_pool2d(planes, by, ceil_mode=True) if by > 1 else planes


def _sample(planes: Tensor, areas: NDArray[np.float64], size: tuple[int, int], *, replicate: bool) -> Tensor:
    """Areas [N, 4] (left, top, width, height) of planes [3, H, W] as [N, 3, height, width] of `size`, linearly.

    Samples lie in the middles of the pixels to be, and none beyond an area's own outermost pixels, as in OpenCV.
    """
    height, width = planes.shape[1:]
    across = _middles(areas[:, 0], areas[:, 2], size[0], width).to(planes.device)
    down = _middles(areas[:, 1], areas[:, 3], size[1], height).to(planes.device)
    shape = len(areas), size[1], size[0]
    grid = torch.stack([across[:, None, :].expand(shape), down[:, :, None].expand(shape)], dim=-1)
    # One below the other: so the picture is read from where it lies, not repeated for each area.
    rows = grid.view(1, shape[0] * shape[1], shape[2], 2)
    padding, outside = ("border", 0) if replicate else ("zeros", crops.FILL)
    sampled = functional.grid_sample(planes[None] - outside, rows, padding_mode=padding, align_corners=False) + outside
    return sampled.view(3, *shape).transpose(0, 1)


def _middles(start: NDArray[np.float64], length: NDArray[np.float64], count: int, whole: int) -> Tensor:
    """`count` positions [N, count] in each stretch, where -1 and 1 are the ends of the `whole` picture."""
    inside = (np.arange(count) + 0.5) * (length[:, None] / count)
    kept = np.clip(inside, 0.5, np.maximum(length[:, None] - 0.5, 0.5))
    return torch.from_numpy((2 * (start[:, None] + kept) / whole - 1).astype(np.float32))
