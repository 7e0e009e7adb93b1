"""Cheap changes of colour and quality that leave boxes where they are. Pictures are uint8 [H, W, 3], RGB."""

from __future__ import annotations

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels

GREY_SHARE = 0.06  # night cameras deliver grey pictures


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


def degrade(image: Pixels, random: np.random.Generator) -> Pixels:
    """Make it look like a cheap camera: coarser, blurred, noisy, compressed; each of them now and then."""
    if random.random() < 0.5:
        image = coarsen(image, random.uniform(0.45, 0.9))
    if random.random() < 0.3:
        window = (int(random.integers(2, 4)), int(random.integers(2, 4)))
        image = np.asarray(cv2.blur(image, window), np.uint8)
    if random.random() < 0.3:
        noise = random.normal(0, random.uniform(2, 10), image.shape).astype(np.float32)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.6:
        image = compress(image, int(random.integers(25, 75)))
    return image


def coarsen(image: Pixels, scale: float) -> Pixels:
    """Shrink by `scale` and enlarge again: the detail goes, the size stays."""
    height, width = image.shape[:2]
    size = (max(8, int(width * scale)), max(8, int(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def compress(image: Pixels, quality: int) -> Pixels:
    """Through JPEG and back, with its blocks; quality 0..100."""
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
