"""What a picture's light, colour, sharpness and noise are around a face, so that something pasted there fits in.

Pictures are uint8 [H, W, 3] RGB; what is pasted is float32 RGB 0..255.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.dataset.pixel_cache import Pixels
from training.geometry import Floats

LUMA = np.asarray([0.299, 0.587, 0.114], np.float32)
LOOKED_AT_PX = 48  # the face is looked at in a thumbnail of this side: its light changes slowly
SHARPNESS_PX = 96  # sharpness and noise are measured on this much of it: enough edges, little time
WHITEST = 245.0  # of a template: what is to become as bright as white things are in the picture
BLUR_PROBE_PX = 1.0  # sigma of the second blur with which the first is measured
MOST_BLUR_PX = 4.0
MOST_NOISE = 6.0  # of 255


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What to make alike."""

    white: float  # how bright something white is here, 0..255
    cast: Floats  # [3] factors of R, G, B, about 1
    colour: float  # 0 for a grey picture, 1 for a coloured one
    slope: Floats  # [2] change of log brightness across the face's region, along x and y
    blur_px: float  # sigma of a Gaussian that would make sharp edges like these
    noise: float  # standard deviation, of 255


def look(region: Pixels, skin: Floats) -> Scene:
    """Measure a region [H, W, 3] around a face; `skin` [H, W] is 1 on the part of the face that is to be covered."""
    side = max(region.shape[:2])
    scale = min(1.0, LOOKED_AT_PX / side)
    size = (max(4, round(region.shape[1] * scale)), max(4, round(region.shape[0] * scale)))
    small = cv2.resize(region, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = np.asarray(cv2.resize(skin, size, interpolation=cv2.INTER_AREA), np.float32)
    luma = small @ LUMA
    face = float((luma * weight).sum() / max(float(weight.sum()), 1e-3))
    mean = small.reshape(-1, 3).mean(axis=0)
    grey = _middle(region) @ LUMA
    return Scene(
        white=float(np.clip(max(face * 1.35, 0.9 * float(np.percentile(luma, 97))), 50, 250)),
        cast=np.clip((mean + 10) / (mean.mean() + 10), 0.7, 1.4) ** 0.35,
        colour=float(np.clip(np.abs(small - luma[..., None]).mean() / 6, 0, 1)),
        slope=_slope(luma, weight),
        blur_px=_blur(grey),
        noise=_noise(grey),
    )


def _middle(region: Pixels) -> Pixels:
    """At most the middle SHARPNESS_PX squared of a region, in its own resolution."""
    top, left = (max(0, (side - SHARPNESS_PX) // 2) for side in region.shape[:2])
    return region[top : top + SHARPNESS_PX, left : left + SHARPNESS_PX]


def _slope(luma: Floats, weight: Floats) -> Floats:
    """The plane through the log brightness of the skin: a face lit from one side lights a mask from there, too."""
    rows, columns = np.mgrid[0 : luma.shape[0], 0 : luma.shape[1]]
    chosen = weight > 0.5
    if chosen.sum() < 12:
        return np.zeros(2, np.float32)
    x, y = columns[chosen] / luma.shape[1], rows[chosen] / luma.shape[0]
    known = np.stack([np.ones_like(x), x, y], axis=1)
    plane = np.linalg.lstsq(known, np.log(luma[chosen] + 12), rcond=None)[0]
    return np.asarray(np.clip(plane[1:] * (1, 0.5), -1.2, 1.2), np.float32)  # a neck's shadow is not on the mask


def _blur(grey: Floats) -> float:
    """How blurred the sharpest edges are (Zhuo & Sim, Pattern Recognition 2011, doi:10.1016/j.patcog.2011.03.009)."""
    again = np.asarray(cv2.GaussianBlur(grey, (0, 0), BLUR_PROBE_PX), np.float32)
    first, second = _gradient(grey), _gradient(again)
    strong = first >= np.percentile(first, 95)
    ratio = float(np.median(first[strong] / np.maximum(second[strong], 1e-3)))
    if ratio <= 1.03:
        return MOST_BLUR_PX
    return float(min(BLUR_PROBE_PX / np.sqrt(ratio**2 - 1), MOST_BLUR_PX))


def _gradient(grey: Floats) -> Floats:
    along, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)
    return np.asarray(cv2.magnitude(along, down), np.float32)


def _noise(grey: Floats) -> float:
    """The noise of the quieter half of the pixels (after Immerkær, CVIU 1996, doi:10.1006/cviu.1996.0060)."""
    kernel = np.asarray([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel))
    return float(min(np.median(rough) / 6 / 0.6745, MOST_NOISE))


def relight(pixels: Floats, scene: Scene, random: np.random.Generator) -> Floats:
    """Something white under even light [H, W, 3], laid over the whole region, in the scene's light and colour."""
    height, width = pixels.shape[:2]
    gain = float(scene.white / WHITEST * np.exp(random.normal(0, 0.1)))
    across = np.exp((np.arange(width, dtype=np.float32) / width - 0.5) * scene.slope[0]) * gain
    down = np.exp((np.arange(height, dtype=np.float32) / height - 0.5) * scene.slope[1])
    lit = pixels * (down[:, None] * across[None])[..., None] * scene.cast
    if scene.colour < 1:
        grey = (lit @ LUMA)[..., None]
        lit = grey + (lit - grey) * scene.colour
    return np.asarray(lit, np.float32)


def soften(layer: Floats, scene: Scene, *, sharpness_px: float) -> Floats:
    """Blur a layer [H, W, C], sharp to `sharpness_px` so far, until its edges are like the picture's."""
    missing = float(np.sqrt(max(scene.blur_px**2 - sharpness_px**2, 0)))
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), missing), np.float32) if missing > 0.2 else layer


def grain(shape: tuple[int, ...], scene: Scene, random: np.random.Generator) -> Floats:
    """Noise [H, W, 1] like the picture's."""
    return np.asarray(random.standard_normal((*shape[:2], 1), np.float32) * scene.noise, np.float32)
