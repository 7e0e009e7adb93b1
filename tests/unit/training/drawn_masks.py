"""A drawn face and a drawn mask template: no picture of anybody is needed to test pasting."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

FIVE = np.asarray([[80, 80], [120, 80], [100, 104], [84, 126], [116, 126]], np.float32)
SECTION = """[{name}]
template: {name}.png
mask_a: 10, 20
mask_b: 60, 10
mask_c: 110, 20
mask_d: 20, 70
mask_e: 60, 95
mask_f: 100, 70
"""


def drawn_face(side: int = 200) -> np.ndarray:
    """A grey picture with a skin-coloured oval and dark eyes and mouth at FIVE, uint8 RGB [side, side, 3]."""
    image = np.full((side, side, 3), 120, np.uint8)
    cv2.ellipse(image, (100, 100), (42, 58), 0, 0, 360, (205, 160, 135), -1)
    for x, y in FIVE[:2].astype(int).tolist():
        cv2.circle(image, (x, y), 4, (40, 30, 30), -1)
    cv2.line(image, (84, 126), (116, 126), (150, 60, 60), 3)
    return image


def draw_templates(folder: Path, names: tuple[str, ...] = ("plain", "plain_left", "plain_right")) -> Path:
    """A folder with masks.cfg and one white shield per name, as wide as its points."""
    folder.mkdir(parents=True, exist_ok=True)
    corners = np.asarray([[10, 20], [60, 10], [110, 20], [100, 70], [60, 95], [20, 70]], np.int32)
    pixels = np.zeros((110, 120, 4), np.uint8)
    cv2.fillPoly(pixels, [corners], (250, 250, 250, 255))
    for name in names:
        cv2.imwrite(str(folder / f"{name}.png"), pixels)
    (folder / "masks.cfg").write_text("\n".join(SECTION.format(name=name) for name in names) + "\n[empty]\n")
    return folder
