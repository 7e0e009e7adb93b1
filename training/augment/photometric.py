"""Cheap changes of colour and quality that leave boxes where they are. Pictures are uint8 [H, W, 3], RGB."""

from __future__ import annotations

import cv2
import numpy as np

from training.augment.blur import lose_focus, move
from training.augment.codec import squeeze_h264, squeeze_jpeg
from training.augment.light import darken, roughen
from training.augment.stages import Stage, in_turn
from training.dataset.pixel_cache import Pixels

GREY_SHARE = 0.06  # night cameras deliver grey pictures
DETAIL_LEFT = (0.4, 0.9)  # a cheap sensor's pixels against the picture's


def jitter_colour(image: Pixels, random: np.random.Generator) -> Pixels:
    """Change brightness, contrast, gamma and white balance by one table per channel; now and then drop colour."""
    levels = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    gamma = np.exp(random.uniform(-0.35, 0.35))
    gain = np.exp(random.uniform(-0.25, 0.25)) * np.exp(random.uniform(-0.08, 0.08, 3))
    table = np.clip((levels**gamma) * gain + random.uniform(-0.08, 0.08), 0, 1)
    coloured = cv2.LUT(image, (table * 255).astype(np.uint8)[None])
    if random.random() < GREY_SHARE:
        coloured = cv2.cvtColor(cv2.cvtColor(coloured, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(coloured, np.uint8)


def coarsen(image: Pixels, scale: float) -> Pixels:
    """Shrink by `scale` and enlarge again: the detail goes, the size stays."""
    height, width = image.shape[:2]
    size = (max(8, int(width * scale)), max(8, int(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def lose_detail(image: Pixels, random: np.random.Generator) -> Pixels:
    """A sensor of fewer pixels."""
    return coarsen(image, random.uniform(*DETAIL_LEFT))


# What a cheap camera does, in the order of the light: lens, sensor, codec. Each step comes with its own share.
LENS: tuple[Stage[Pixels], ...] = ((0.25, lose_focus), (0.15, move), (0.2, darken))
DETAIL_SHARE = 0.5
CODEC: tuple[Stage[Pixels], ...] = ((0.3, roughen), (0.45, squeeze_jpeg), (0.15, squeeze_h264))
CHEAP_CAMERA: tuple[Stage[Pixels], ...] = (*LENS, (DETAIL_SHARE, lose_detail), *CODEC)


def degrade(image: Pixels, random: np.random.Generator) -> Pixels:
    """Make it look like a cheap camera: each step of CHEAP_CAMERA now and then."""
    return in_turn(CHEAP_CAMERA, image, random)
