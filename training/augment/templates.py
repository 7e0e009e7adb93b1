"""The mask pictures that are pasted over bare faces, with the points that tie them to a face.

The format is MaskTheFace's (https://github.com/aqeelanwar/MaskTheFace): `masks.cfg` has one section per PNG with six
points in its pixels: `a` and `c` the upper corners at the cheeks, `b` the nose bridge between them, `d` and `f` the
lower corners at the jaw, `e` the chin. Files ending in `_left` and `_right` show the mask on a face turned to that side
of the picture.
"""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.errors import BrokenAnnotations, DataMissing
from training.geometry import Floats

SIDES = ("left", "right")
ANCHOR_NAMES = ("mask_a", "mask_b", "mask_c", "mask_d", "mask_e", "mask_f")
LARGEST_PX = 320  # longer side kept of a template; faces in the data are rarely larger
SMALLEST_PX = 20  # longer side of the last, smallest copy
STRAP_WIDTH = 0.06  # of a template's width; straps are at most this wide
ENLARGED = 0.8  # a copy may be enlarged this much: no camera's picture is sharper


@dataclass(frozen=True, kw_only=True)
class Level:
    """A template at one size."""

    pixels: NDArray[np.uint8]  # [h, w, 4] RGB times alpha, and alpha: sums of neighbours stay true
    body: NDArray[np.uint8]  # [h, w] the alpha of the mask without its straps
    anchors: Floats  # [6, 2] x, y in its pixels, in the order of ANCHOR_NAMES; may lie outside


@dataclass(frozen=True, kw_only=True)
class Template:
    """A mask to paste, from large to small."""

    name: str  # "surgical_blue_left"
    kind: str  # "surgical_blue"
    side: str  # "front", or the side of the picture to which the face is turned: "left", "right"
    levels: tuple[Level, ...]  # each half the size of the one before

    def level_for(self, width: float) -> Level:
        """The smallest copy with about `width` pixels between the cheeks or more, else the largest there is."""
        wide = [level for level in self.levels if level.anchors[2, 0] - level.anchors[0, 0] >= ENLARGED * width]
        return wide[-1] if wide else self.levels[0]


def load_templates(folder: Path) -> tuple[Template, ...]:
    """Read every template of `masks.cfg`, in the file's order.

    Raises DataMissing when masks.cfg or a picture is not there, BrokenAnnotations when one is not as it must be.
    """
    path = folder / "masks.cfg"
    if not path.is_file():
        raise DataMissing(f"no mask templates at {path}; give the folder of the data with --data")
    config = configparser.ConfigParser(inline_comment_prefixes=None)
    try:
        config.read_string(path.read_text())
    except (configparser.Error, UnicodeDecodeError) as error:
        raise BrokenAnnotations(f"{path} is not a list of templates: {' '.join(str(error).split())}") from error
    sections = [config[name] for name in config.sections() if len(config[name])]
    if not sections:
        raise BrokenAnnotations(f"{path} names no template")
    return tuple(_template(folder, section) for section in sections)


def _template(folder: Path, section: configparser.SectionProxy) -> Template:
    kind, _, side = section.name.rpartition("_")
    if side not in SIDES:
        kind, side = section.name, "front"
    pixels = _read_rgba(folder / f"{section.name}.png")
    return Template(name=section.name, kind=kind, side=side, levels=_levels(pixels, _anchors(folder, section)))


def _anchors(folder: Path, section: configparser.SectionProxy) -> Floats:
    try:
        pairs = [[float(value) for value in section[name].split(",")] for name in ANCHOR_NAMES]
        anchors = np.asarray(pairs, np.float32).reshape(len(ANCHOR_NAMES), 2)
    except (KeyError, ValueError) as error:
        raise BrokenAnnotations(
            f"{folder / 'masks.cfg'}: [{section.name}] needs mask_a to mask_f, each as `x, y`: {error}"
        ) from error
    if not np.isfinite(anchors).all() or anchors[0, 0] >= anchors[2, 0]:
        raise BrokenAnnotations(f"{folder / 'masks.cfg'}: [{section.name}] has mask_a to the right of mask_c")
    return anchors


def _read_rgba(path: Path) -> NDArray[np.uint8]:
    """RGB times alpha, and alpha, as uint8 [h, w, 4]."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise DataMissing(f"cannot read the mask template {path}")
    if image.ndim != 3 or image.shape[2] != 4 or image.dtype != np.uint8:
        raise BrokenAnnotations(f"the mask template {path} has no alpha channel of eight bits")
    alpha = image[..., 3:].astype(np.float32) / 255
    colour = image[..., 2::-1] * alpha
    return np.asarray(np.concatenate([colour, image[..., 3:]], axis=2).round(), np.uint8)


def _levels(pixels: NDArray[np.uint8], anchors: Floats) -> tuple[Level, ...]:
    scale = min(1.0, LARGEST_PX / max(pixels.shape[:2]))
    levels: list[Level] = []
    while max(pixels.shape[:2]) * scale >= SMALLEST_PX or not levels:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        ratio = np.asarray([size[0] / pixels.shape[1], size[1] / pixels.shape[0]], np.float32)
        moved = (anchors + 0.5) * ratio - 0.5
        levels.append(Level(pixels=small, body=_without_straps(small[..., 3]), anchors=moved))
        scale /= 2
    return tuple(levels)


def _without_straps(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The alpha without parts thinner than STRAP_WIDTH; corners, which these would round off, are kept."""
    width = max(1, round(STRAP_WIDTH * alpha.shape[1]))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    framed = cv2.copyMakeBorder(alpha, 2 * width, 2 * width, 2 * width, 2 * width, cv2.BORDER_CONSTANT, value=(0,))
    thick = cv2.dilate(cv2.morphologyEx(framed, cv2.MORPH_OPEN, brush), brush)
    inside = thick[2 * width : -2 * width, 2 * width : -2 * width]
    return np.asarray(np.minimum(alpha, inside), np.uint8)
