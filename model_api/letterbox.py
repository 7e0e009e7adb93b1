"""A picture into the detector's input, and boxes back out of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from model_api.arrays import Floats, Pixels

FILL = 114  # grey of the padding, as in training


@dataclass(frozen=True, kw_only=True)
class Letterbox:
    """How a picture lies in its input: scaled to the top left corner, grey to the right and below."""

    scale_x: float  # input pixels per picture pixel; the two differ by rounding only
    scale_y: float
    inside: tuple[int, int]  # width, height of the scaled picture
    padded: tuple[int, int]  # width, height of the input

    def place(self, picture: Pixels) -> Pixels:
        """The input [H, W, 3] of a picture [H, W, 3]."""
        width, height = self.inside
        shrinks = width < picture.shape[1]
        canvas = np.full((self.padded[1], self.padded[0], 3), FILL, np.uint8)
        # Averaging when shrinking: sampling four pixels only would lose small faces to aliasing.
        interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        canvas[:height, :width] = cv2.resize(picture, self.inside, interpolation=interpolation)
        return canvas

    def restore(self, points: Floats, *, width: int, height: int) -> Floats:
        """Points [..., 2] of the input as points of the picture, clipped to its `width` x `height`."""
        scaled = points / np.asarray([self.scale_x, self.scale_y], np.float32)
        return np.clip(scaled, 0, np.asarray([width, height], np.float32)).astype(np.float32)


def letterbox(width: int, height: int, *, longer_side: int, stride: int) -> Letterbox:
    """Scale so that the longer side becomes `longer_side`, at the picture's own shape; pad to multiples of `stride`."""
    scale = longer_side / max(width, height)
    inside = max(1, round(width * scale)), max(1, round(height * scale))
    padded = _round_up(inside[0], stride), _round_up(inside[1], stride)
    return Letterbox(scale_x=inside[0] / width, scale_y=inside[1] / height, inside=inside, padded=padded)


def _round_up(side: int, stride: int) -> int:
    return -(-side // stride) * stride
