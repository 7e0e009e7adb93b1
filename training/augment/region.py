"""The part of a picture around a face in which something is laid over it. Places are [K, 2] x, y in its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.outline import Outline
from training.augment.scene import Scene, grain, look, relight, soften
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

SHADOW = (0.05, 0.3)  # how much darker the skin is just beside what lies on it
SHADOW_WIDTH = 0.05  # of the distance from eyes to mouth
ROOM_AROUND = 0.12  # of what is shown: room for its shadow and its softened edge, and for a look at the scene
SHARP_PX = 0.5  # blur that bilinear sampling and smoothed edges leave


@dataclass(frozen=True, kw_only=True)
class Window:
    """A rectangle of whole pixels inside a picture."""

    left: int
    top: int
    width: int
    height: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that one could paint on."""
        return self.width < 2 or self.height < 2

    def of(self, array: NDArray[Any]) -> NDArray[Any]:
        """A view of the window's pixels in an array of the picture's size."""
        return array[self.top : self.top + self.height, self.left : self.left + self.width]

    def inside(self, places: Floats) -> Floats:
        """Places counted from the window's corner."""
        return np.asarray(places - np.asarray([self.left, self.top], np.float32), np.float32)


def window_around(places: Floats, shape: tuple[int, ...], *, margin: float) -> Window:
    """The places' box and `margin` of its size around it, as far as it lies in a picture of this shape."""
    low, high = places.min(axis=0), places.max(axis=0)
    edge, limit = margin * (high - low) + 1, (shape[1], shape[0])
    first = np.clip(np.floor(low - edge), 0, limit).astype(int)
    size = np.clip(np.ceil(high + edge), 0, limit).astype(int) - first
    return Window(left=int(first[0]), top=int(first[1]), width=int(size[0]), height=int(size[1]))


def trim(window: Window, layer: Floats) -> tuple[Window, Floats]:
    """The smallest window that holds all that a layer [h, w, 4] shows and the shadow around it, and the layer in it."""
    shown = layer[..., 3] > 0
    if window.is_empty or not shown.any():
        return Window(left=window.left, top=window.top, width=0, height=0), layer[:0, :0]
    left, top, width, height = cv2.boundingRect(shown.astype(np.uint8))
    edge = 2 + round(ROOM_AROUND * max(width, height))
    first_x, first_y = max(0, left - edge), max(0, top - edge)
    last_x, last_y = min(window.width, left + width + edge), min(window.height, top + height + edge)
    tight = Window(
        left=window.left + first_x, top=window.top + first_y, width=last_x - first_x, height=last_y - first_y
    )
    return tight, layer[first_y:last_y, first_x:last_x]


def lay_over(image: Pixels, layer: Floats, window: Window, outline: Outline, random: np.random.Generator) -> Floats:
    """Paint a layer on the picture, in place, in its light, sharpness and noise.

    The layer fills the window: RGB 0..255 as under even white light, times alpha; alpha 0..1; and, if there are five
    planes, one that is not painted. Gives back the last plane [h, w], made as soft as the picture.
    """
    region = window.of(image)
    scene = look(region, _lower_face(outline, window))
    lit = np.concatenate([relight(layer[..., :3], scene, random), layer[..., 3:]], axis=2)
    soft = soften(lit, scene, sharpness_px=SHARP_PX)
    region[:] = _blend(region, soft, outline.frame.unit, scene, random)
    return np.asarray(soft[..., -1], np.float32)


def _lower_face(outline: Outline, window: Window) -> Floats:
    """1 on the lower face, [h, w]."""
    ring = np.stack([*outline.cheek, outline.jaw[1], outline.chin, outline.jaw[0]])
    corners = window.inside(outline.frame.to_picture(ring))
    mask = np.zeros((window.height, window.width), np.uint8)
    cv2.fillConvexPoly(mask, np.asarray(corners.round(), np.int32), (1,))
    return mask.astype(np.float32)


def _blend(region: Pixels, layer: Floats, unit: float, scene: Scene, random: np.random.Generator) -> Pixels:
    """Lay a lit layer over the region, with the shadow it throws on the skin beside it."""
    alpha = np.ascontiguousarray(layer[..., 3:4])
    near = cv2.GaussianBlur(alpha, (0, 0), max(SHADOW_WIDTH * unit, 0.5))[..., None]
    shaded = region * (1 - random.uniform(*SHADOW) * near)
    result = shaded * (1 - alpha) + layer[..., :3] + grain(region.shape, scene, random) * alpha
    return np.clip(result.round(), 0, 255).astype(np.uint8)
