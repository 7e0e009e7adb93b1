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


def drawn_points() -> np.ndarray:
    """68 points [68, 2] of the drawn face, in the iBUG order."""
    angles = np.linspace(0, np.pi, 17)
    jaw = np.stack([100 - 42 * np.cos(angles), 85 + 73 * np.sin(angles)], axis=1)
    brows = [[x, 70] for x in np.linspace(68, 90, 5)] + [[x, 70] for x in np.linspace(110, 132, 5)]
    nose = [[100, y] for y in (80, 88, 96, 104)] + [[x, 110] for x in np.linspace(92, 108, 5)]
    ring = np.stack([-np.cos(np.linspace(0, 2 * np.pi, 7)[:6]), -np.sin(np.linspace(0, 2 * np.pi, 7)[:6])], axis=1)
    eyes = [*(FIVE[0] + ring * (6, 3)), *(FIVE[1] + ring * (6, 3))]
    upper = [[x, 126 - drop] for x, drop in zip(np.linspace(84, 116, 7), (0, 3, 4, 3, 4, 3, 0), strict=True)]
    lower = [[x, 126 + drop] for x, drop in zip(np.linspace(110, 90, 5), (4, 5, 6, 5, 4), strict=True)]
    inner = [[x, 126] for x in np.linspace(88, 112, 5)] + [[x, 127] for x in np.linspace(108, 92, 3)]
    return np.asarray([*jaw, *brows, *nose, *eyes, *upper, *lower, *inner], np.float32)


def draw_faces68(folder: Path, names: tuple[str, ...] = ("Ann_Lee_1.png", "Bo_Ek_2.png")) -> Path:
    """A folder like `fit/faces68` with the drawn face under each name."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    header = "file," + ",".join(f"x{point},y{point}" for point in range(68))
    numbers = ",".join(f"{value:.1f}" for value in drawn_points().reshape(-1))
    (folder / "points.csv").write_text("\n".join([header, *(f"{name},{numbers}" for name in names)]) + "\n")
    for name in names:
        cv2.imwrite(str(folder / "images" / name), drawn_face()[..., ::-1])
    return folder
