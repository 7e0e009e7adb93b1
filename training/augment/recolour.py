"""Plain masks in other colours and patterns. Pixels are float32 [H, W, 3] RGB 0..255, not multiplied by alpha."""

from __future__ import annotations

import cv2
import numpy as np

from training.geometry import Floats

# How often a kind of template is dyed; the others stay as they were photographed.
DYED_SHARES = {"cloth": 0.85, "surgical": 0.5, "surgical_blue": 0.3, "surgical_green": 0.4, "KN95": 0.4, "N95": 0.15}
PATTERNED_SHARE = 0.3  # of dyed cloth
DYES = (  # what people wear, roughly as often; sRGB
    (245, 245, 245),
    (240, 240, 240),
    (120, 185, 225),
    (150, 205, 235),
    (90, 190, 175),
    (28, 28, 30),
    (32, 32, 34),
    (70, 70, 74),
    (130, 130, 134),
    (30, 42, 84),
    (238, 170, 190),
    (190, 160, 215),
    (175, 35, 45),
    (222, 190, 160),
    (180, 135, 105),
    (95, 110, 70),
)
SHADE, HUE = 12.0, 5.0  # deviations of all channels together and of each, 0..255: black cloth stays black
RELIEF = (0.4, 1.2)  # the folds of a dark template are noise when it is dyed white: their depth is bounded


def dye(pixels: Floats, alpha: Floats, kind: str, random: np.random.Generator) -> Floats:
    """The mask in another colour, its folds kept, now and then with a pattern; or as it is. Alpha is [H, W] 0..1."""
    if random.random() >= DYED_SHARES.get(kind, 0.0):
        return pixels
    colour = np.asarray(DYES[int(random.integers(len(DYES)))]) + random.normal(0, SHADE) + random.normal(0, HUE, 3)
    cloth = np.broadcast_to(np.clip(colour, 8, 250).astype(np.float32), pixels.shape)
    if kind == "cloth" and random.random() < PATTERNED_SHARE:
        cloth = patterned(cloth, random)
    return np.asarray(np.clip(cloth * _relief(pixels, alpha)[..., None], 0, 255), np.float32)


def _relief(pixels: Floats, alpha: Floats) -> Floats:
    """How light each pixel of the mask is against its bright parts, [H, W]."""
    grey = pixels @ np.asarray([0.299, 0.587, 0.114], np.float32)
    inside = grey[alpha > 0.5]
    bright = float(np.percentile(inside, 80)) if inside.size else 1.0
    ratio = (grey + 8) / (bright + 8)  # eight levels of 255: black cloth has no folds below that, only noise
    return np.asarray(np.clip(ratio, *RELIEF), np.float32)


def patterned(cloth: Floats, random: np.random.Generator) -> Floats:
    """Stripes, checks, dots or blotches in a second colour."""
    height, width = cloth.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    turn, period = random.uniform(0, np.pi), max(height, width) / random.uniform(4, 14)
    along = (columns * np.cos(turn) + rows * np.sin(turn)) / period * 2 * np.pi
    across = (rows * np.cos(turn) - columns * np.sin(turn)) / period * 2 * np.pi
    patterns = (
        lambda: np.sin(along),
        lambda: np.sin(along) * np.sin(across),
        lambda: np.cos(along) + np.cos(across) - random.uniform(0.3, 1.2),
        lambda: blotches(height, width, random, cells=int(random.integers(4, 12))),
    )
    amount = np.clip(patterns[int(random.integers(len(patterns)))]() * 3 + 0.5, 0, 1)[..., None]
    second = np.asarray(DYES[int(random.integers(len(DYES)))], np.float32)
    return np.asarray(cloth * (1 - amount) + second * amount, np.float32)


def blotches(height: int, width: int, random: np.random.Generator, *, cells: int) -> Floats:
    """Smooth noise [height, width] around 0, deviation about 1, with some `cells` blotches across."""
    coarse = random.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
