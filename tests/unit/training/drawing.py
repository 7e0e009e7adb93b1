"""Scenes drawn for tests: each seed another one, rich enough to be told apart and simple enough to be drawn fast."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def draw_scene(seed: int, width: int = 240, height: int = 160) -> np.ndarray:
    """Discs, boxes and stripes on a slope of grey; uint8 RGB."""
    import cv2

    random = np.random.default_rng(seed)
    slope = np.linspace(*random.uniform(30, 200, 2), width)[None, :, None] + np.zeros((height, 1, 3))
    image = np.clip(slope, 0, 255).astype(np.uint8)
    for _ in range(26):
        colour = [int(value) for value in random.integers(0, 256, 3)]
        x, y = int(random.integers(width)), int(random.integers(height))
        size = int(random.integers(6, 34))
        if random.random() < 0.5:
            cv2.circle(image, (x, y), size, colour, -1)
        else:
            cv2.rectangle(image, (x, y), (x + size, y + 2 * size), colour, -1)
    return image


def save_picture(image: np.ndarray, path: Path) -> Path:
    """Write uint8 RGB in the format of the file's ending."""
    import cv2

    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return path
