"""Put a mask from a template on a bare face, in the light and the sharpness of its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.augment.hang import Style, hang, must_be_free
from training.augment.outline import Outline, trace
from training.augment.recolour import dye
from training.augment.region import Window, lay_over, trim, window_around
from training.augment.spline import Spline, fit_spline
from training.augment.straps import strap
from training.augment.templates import Level, Template
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

MARGIN = 0.4  # of the six points' extent: filters and straps reach beyond the points, never farther than this
TURNED = 0.3  # from where on a face counts as turned to a side; see Outline.turn
TRIES, LOWER, FREE_ALPHA = 6, 0.06, 0.05  # hung lower by 0.06 of eyes to mouth until what is to be free is free
KIND_WEIGHTS = {"gas": 0.1}  # how often a kind is drawn against the others: gas masks are rare
STIFF_KINDS = ("gas", "N95")  # these do not fold together under a chin
CORNERS = [0, 2, 3, 5]  # of a template's points: where the straps begin


@dataclass(frozen=True, kw_only=True)
class Worn:
    """A picture after a mask was put on."""

    image: Pixels  # uint8 [H, W, 3] RGB
    alpha: Floats  # [H, W] 0..1, how much of each pixel the mask covers; its straps do not count


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
    worn, alpha = image.copy(), np.zeros(image.shape[:2], np.float32)
    window, covered = put_on(worn, points, template=template, style=style, random=random)
    window.of(alpha)[:] = covered
    return Worn(image=worn, alpha=alpha)


def put_on(
    image: Pixels, points: Floats, *, template: Template, style: Style, random: np.random.Generator
) -> tuple[Window, Floats]:
    """As `wear`, but in place: the window that was painted in, and what the mask covers of it, [h, w] 0..1."""
    outline = trace(points)
    window, corners, mask = _place(outline, template, style, random, image.shape)
    if window.is_empty:
        return window, np.zeros((window.height, window.width), np.float32)
    if template.side == "front":  # the others were photographed with their straps
        mask = np.concatenate([strap(mask[..., :4], corners, outline, window, random), mask[..., 4:]], axis=2)
    window, layer = trim(window, mask)
    return window, layer[..., 4] if window.is_empty else lay_over(image, layer, window, outline, random)


def _place(
    outline: Outline, template: Template, style: Style, random: np.random.Generator, shape: tuple[int, ...]
) -> tuple[Window, Floats, Floats]:
    """The window in a picture of this shape, the mask's corners [4, 2] in pixels, and the mask as `lay_over` wants it.

    Its fifth plane is the mask without straps.

    What the style leaves free decides the label: a mask that reaches there (its edge bulges, a profile folds it) is
    hung lower.
    """
    places = hang(outline, style, random)
    level = template.level_for(float(places[2, 0] - places[0, 0]) * outline.frame.unit)
    dyed = _dyed(level, template.kind, random)
    free = outline.frame.to_picture(must_be_free(outline, style))
    for _ in range(TRIES):
        anchors = outline.frame.to_picture(places)
        window = window_around(anchors, shape, margin=MARGIN)
        layer = _warp(dyed, fit_spline(anchors, level.anchors), window)
        if _covering(layer[..., 4], window.inside(free)) < FREE_ALPHA:
            break
        places = places + np.asarray([0, LOWER], np.float32)
    return window, anchors[CORNERS], layer


def _warp(pixels: Floats, spline: Spline, window: Window) -> Floats:
    if window.is_empty:
        return np.zeros((0, 0, pixels.shape[2]), np.float32)
    x, y = spline.maps(left=window.left, top=window.top, width=window.width, height=window.height)
    planes = (pixels[..., :4], pixels[..., 4])  # cv2.remap takes four at most
    warped = [cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT) for plane in planes]
    return np.dstack(warped).astype(np.float32)


def _covering(alpha: Floats, points: Floats) -> float:
    """The highest alpha at some points [K, 2] of its pixels."""
    column, row = points.round().astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < alpha.shape[1]) & (row < alpha.shape[0])
    return float(alpha[row[inside], column[inside]].max(initial=0)) if alpha.size else 0.0


def _dyed(level: Level, kind: str, random: np.random.Generator) -> Floats:
    pixels = level.pixels.astype(np.float32)
    alpha = np.asarray(pixels[..., 3:] / 255, np.float32)
    plain = np.asarray(pixels[..., :3] / np.maximum(alpha, 1 / 255), np.float32)
    body = level.body[..., None] / np.float32(255)
    return np.concatenate([dye(plain, alpha[..., 0], kind, random) * alpha, alpha, body], axis=2)
