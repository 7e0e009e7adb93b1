"""Pictures out of focus or moved while the shutter was open. Pictures are uint8 [H, W, 3], RGB."""

from __future__ import annotations

import math

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels
from training.geometry import Floats


def defocus(image: Pixels, *, radius: float) -> Pixels:
    """Spread every point over a disc of `radius` pixels, as a lens out of focus does."""
    return _filtered(image, disc(radius))


def drag(image: Pixels, *, length: float, degrees: float) -> Pixels:
    """Spread every point over a line of `length` pixels, as a camera or a person on the move does."""
    return _filtered(image, line(length, degrees))


def disc(radius: float) -> Floats:
    """A disc's kernel with a soft rim; its sum is 1."""
    reach = math.ceil(radius)
    axis = np.arange(-reach, reach + 1)
    kernel = np.clip(radius + 0.5 - np.hypot(axis[:, None], axis), 0, 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def line(length: float, degrees: float) -> Floats:
    """A line's kernel through the middle, drawn by bilinear dots; its sum is 1."""
    reach = math.ceil(length / 2)
    kernel = np.zeros((2 * reach + 3, 2 * reach + 3))
    along = np.linspace(-length / 2, length / 2, 4 * reach + 3)
    spots_x = reach + 1 + along * math.cos(math.radians(degrees))
    spots_y = reach + 1 + along * math.sin(math.radians(degrees))
    columns, rows = np.floor(spots_x).astype(int), np.floor(spots_y).astype(int)
    part_x, part_y = spots_x - columns, spots_y - rows
    for step_x, share_x in ((0, 1 - part_x), (1, part_x)):
        for step_y, share_y in ((0, 1 - part_y), (1, part_y)):
            np.add.at(kernel, (rows + step_y, columns + step_x), share_x * share_y)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _filtered(image: Pixels, kernel: Floats) -> Pixels:
    return np.asarray(cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.uint8)


def lose_focus(image: Pixels, random: np.random.Generator) -> Pixels:
    """A lens that is slightly off, or a small soft aperture."""
    if random.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(0.5, 1.8)), np.uint8)
    return defocus(image, radius=random.uniform(0.8, 2.6))


def move(image: Pixels, random: np.random.Generator) -> Pixels:
    """A slow shutter: people walk across, cameras shake in every direction."""
    return drag(image, length=random.uniform(2, 9), degrees=random.normal(0, 35))
