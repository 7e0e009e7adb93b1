"""A picture into the detector's input, and boxes back out of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from model_api.arrays import Floats, Pixels

FILL = 114  # grey of the padding, as in training
# A picture's shorter side, by its longer one, is padded up to one of these. Few shapes make full batches and keep an
# engine's memory bounded; every further one saves padding. 9:16 and 3:4, what cameras send, lose nothing.
RUNGS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0)
# Strides: OpenVINO's bfloat16 convolutions read beyond a map that is one cell wide, and answer nonsense.
NARROWEST = 2


@dataclass(frozen=True, kw_only=True)
class Letterbox:
    """How a picture lies in its input: scaled to the top left corner, grey to the right and below."""

    scale_x: float  # input pixels per picture pixel; the two differ by rounding only
    scale_y: float
    inside: tuple[int, int]  # width, height of the scaled picture
    padded: tuple[int, int]  # width, height of the input

    def place(self, picture: Pixels, *, out: Pixels | None = None) -> Pixels:
        """The input [H, W, 3] of a picture [H, W, 3]; written to `out` when that is given."""
        width, height = self.inside
        canvas = np.empty((self.padded[1], self.padded[0], 3), np.uint8) if out is None else out
        canvas[height:] = canvas[:height, width:] = FILL
        reduced = self._reduce(picture)
        cv2.resize(reduced, self.inside, dst=canvas[:height, :width], interpolation=cv2.INTER_LINEAR)
        return canvas

    def reduction(self, width: int, height: int) -> int:
        """By which whole number a picture is averaged down before it is scaled to its place; 1: not at all."""
        return max(1, min(width // self.inside[0], height // self.inside[1]))

    def _reduce(self, picture: Pixels) -> Pixels:
        """Averaged down by a whole number as far as it goes: to sample few of many pixels would lose small faces.

        What remains is less than twice, where a linear sample misses no pixel: a sixth of the time that averaging all
        the way takes, and no less is found.
        """
        by = self.reduction(picture.shape[1], picture.shape[0])
        if by == 1:
            return picture
        size = max(1, picture.shape[1] // by), max(1, picture.shape[0] // by)
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)

    def restore(self, points: Floats, *, width: int, height: int) -> Floats:
        """Points [..., 2] of the input as points of the picture, clipped to its `width` x `height`."""
        scaled = points / np.asarray([self.scale_x, self.scale_y], np.float32)
        return np.clip(scaled, 0, np.asarray([width, height], np.float32)).astype(np.float32)


def letterbox(width: int, height: int, *, longer_side: int, stride: int) -> Letterbox:
    """Scale so that the longer side becomes `longer_side`, at the picture's own shape; pad to one of few shapes.

    Both sides of the input are multiples of `stride`; the shape depends on nothing but the picture's own.
    """
    scale = longer_side / max(width, height)
    inside = max(1, round(width * scale)), max(1, round(height * scale))
    rung = next(rung for rung in RUNGS if min(inside) <= round(rung * longer_side))
    longer, shorter = _padded(longer_side, stride), _padded(round(rung * longer_side), stride)
    padded = (longer, shorter) if width >= height else (shorter, longer)
    return Letterbox(scale_x=inside[0] / width, scale_y=inside[1] / height, inside=inside, padded=padded)


def _padded(side: int, stride: int) -> int:
    return max(NARROWEST, -(-side // stride)) * stride
