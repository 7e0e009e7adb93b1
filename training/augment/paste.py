"""Put a mask from a template on a bare face, in the light and the sharpness of its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.hang import Style, hang, must_be_free
from training.augment.outline import Outline, trace
from training.augment.recolour import dye
from training.augment.scene import Scene, grain, look, relight, soften
from training.augment.spline import Spline, fit_spline
from training.augment.templates import Level, Template
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

MARGIN = 0.4  # of the six points' extent: filters and straps reach beyond the points, never farther than this
TURNED = 0.3  # from where on a face counts as turned to a side; see Outline.turn
SHADOW = (0.05, 0.3)  # how much darker the skin is just beside the mask
TRIES, LOWER, FREE_ALPHA = 6, 0.06, 0.05  # hung lower by 0.06 of eyes to mouth until what is to be free is free
SHARP_PX = 0.5  # blur that bilinear sampling leaves
KIND_WEIGHTS = {"gas": 0.1}  # how often a kind is drawn against the others: gas masks are rare
STIFF_KINDS = ("gas", "N95")  # these do not fold together under a chin


@dataclass(frozen=True, kw_only=True)
class Worn:
    """A picture after a mask was put on."""

    image: Pixels  # uint8 [H, W, 3] RGB
    alpha: Floats  # [H, W] 0..1, how much of each pixel the mask covers


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of a picture that is worked on."""

    left: int
    top: int
    width: int
    height: int

    def of(self, array: NDArray[Any]) -> NDArray[Any]:
        """A view of the window's pixels."""
        return array[self.top : self.top + self.height, self.left : self.left + self.width]


def choose_template(
    templates: Sequence[Template], points: Floats, style: Style, random: np.random.Generator
) -> Template:
    """A random kind, seen from the side that suits the face; points as for `wear`."""
    turn = trace(points).turn
    side = "left" if turn < TURNED else "right" if turn > 1 - TURNED else "front"
    if style is Style.UNDER_CHIN:  # there a mask hangs across the neck, however the head is turned
        templates = [template for template in templates if template.kind not in STIFF_KINDS] or templates
        side = "front"
    suitable = [template for template in templates if template.side == side] or list(templates)
    weights = np.asarray([KIND_WEIGHTS.get(template.kind, 1.0) for template in suitable])
    return suitable[int(random.choice(len(suitable), p=weights / weights.sum()))]


def wear(image: Pixels, points: Floats, *, template: Template, style: Style, random: np.random.Generator) -> Worn:
    """A copy of a picture [H, W, 3] with the mask on the face of these points: 68 (iBUG) or five, in pixels.

    Nothing is drawn beyond the six points' box and MARGIN around it. Raises ValueError for unknown points (NaN).
    """
    outline = trace(points)
    worn, alpha = image.copy(), np.zeros(image.shape[:2], np.float32)
    window, placed = _place(outline, template, style, random, image.shape[:2])
    if placed.size:
        region = window.of(worn)
        scene = look(region, _skin(outline, window))
        lit = np.concatenate([relight(placed[..., :3], scene, random), placed[..., 3:]], axis=2)
        layer = soften(lit, scene, sharpness_px=SHARP_PX)
        region[:] = _blend(region, layer, outline.frame.unit, scene, random)
        window.of(alpha)[:] = layer[..., 3]
    return Worn(image=worn, alpha=alpha)


def _place(
    outline: Outline, template: Template, style: Style, random: np.random.Generator, shape: tuple[int, ...]
) -> tuple[Window, Floats]:
    """The mask's window in a picture of this shape, and its RGB 0..255 times alpha, and alpha 0..1, [h, w, 4].

    What the style leaves free decides the label: a mask that reaches there (its edge bulges, a profile folds it) is
    hung lower.
    """
    places = hang(outline, style, random)
    level = template.level_for(float(places[2, 0] - places[0, 0]) * outline.frame.unit)
    dyed = _dyed(level, template.kind, random)
    free = outline.frame.to_picture(must_be_free(outline, style))
    for _ in range(TRIES):
        anchors = outline.frame.to_picture(places)
        window = _window(anchors, shape[1], shape[0])
        layer = _warp(dyed, fit_spline(anchors, level.anchors), window)
        if _covering(layer[..., 3], free - (window.left, window.top)) < FREE_ALPHA:
            break
        places = places + np.asarray([0, LOWER], np.float32)
    return window, layer


def _warp(pixels: Floats, spline: Spline, window: Window) -> Floats:
    if window.width < 2 or window.height < 2:
        return np.zeros((0, 0, pixels.shape[2]), np.float32)
    x, y = spline.maps(left=window.left, top=window.top, width=window.width, height=window.height)
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0))


def _covering(alpha: Floats, points: Floats) -> float:
    """The highest alpha at some points [K, 2] of its pixels."""
    column, row = points.round().astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < alpha.shape[1]) & (row < alpha.shape[0])
    return float(alpha[row[inside], column[inside]].max(initial=0)) if alpha.size else 0.0


def _window(places: Floats, width: int, height: int) -> Window:
    low, high = places.min(axis=0), places.max(axis=0)
    margin = MARGIN * (high - low) + 1
    first = np.clip(np.floor(low - margin), 0, (width, height)).astype(int)
    last = np.clip(np.ceil(high + margin), 0, (width, height)).astype(int)
    size = last - first
    return Window(left=int(first[0]), top=int(first[1]), width=int(size[0]), height=int(size[1]))


def _skin(outline: Outline, window: Window) -> Floats:
    """The lower face [h, w], 1 inside."""
    ring = np.stack([*outline.cheek, outline.jaw[1], outline.chin, outline.jaw[0]])
    corners = outline.frame.to_picture(ring) - (window.left, window.top)
    mask = np.zeros((window.height, window.width), np.uint8)
    cv2.fillConvexPoly(mask, np.asarray(corners.round(), np.int32), 1)
    return mask.astype(np.float32)


def _dyed(level: Level, kind: str, random: np.random.Generator) -> Floats:
    pixels = level.pixels.astype(np.float32)
    alpha = np.asarray(pixels[..., 3:] / 255, np.float32)
    plain = np.asarray(pixels[..., :3] / np.maximum(alpha, 1 / 255), np.float32)
    return np.concatenate([dye(plain, alpha[..., 0], kind, random) * alpha, alpha], axis=2)


def _blend(region: Pixels, layer: Floats, unit: float, scene: Scene, random: np.random.Generator) -> Pixels:
    """Lay the mask over the region, with the shadow it throws on the skin beside it."""
    alpha = layer[..., 3:]
    depth = random.uniform(*SHADOW)
    near = cv2.GaussianBlur(np.ascontiguousarray(alpha), (0, 0), max(0.05 * unit, 0.5))[..., None]
    beneath = region * (1 - depth * near)
    result = beneath * (1 - alpha) + layer[..., :3] + grain(region.shape, scene, random) * alpha
    return np.clip(result.round(), 0, 255).astype(np.uint8)
