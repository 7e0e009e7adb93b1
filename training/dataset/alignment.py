"""How alike two sketches are once one is laid onto the other.

The alignment maximises the enhanced correlation coefficient (Evangelidis & Psarakis, IEEE TPAMI 2008,
doi:10.1109/TPAMI.2008.113), which does not mind brightness and contrast.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.dataset.candidates import Candidate
from training.dataset.pixel_cache import Pixels
from training.dataset.sketches import SKETCH_PX
from training.geometry import Floats

CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
EVERYWHERE = np.full((SKETCH_PX, SKETCH_PX), 255, np.uint8)
BLUR_PX = 5  # of the alignment; wide enough to reach it from a window half a thumbnail pixel off
DETAIL_SIGMA = 3.0  # px of the sketch; coarser structure is light and pose, which strangers share
MIN_OVERLAP = 0.5  # of the whole: less is too little to judge by
MAX_STRETCH = 1.6  # of a side, against the window that the candidate named


def likeness(whole: Pixels, part_of: Pixels, candidate: Candidate) -> float:
    """Correlation, -1..1, of the fine structure both show; 0 where the alignment fails or little is shared."""
    template = np.ascontiguousarray(whole[:, ::-1]) if candidate.is_mirrored else whole
    start = _window_warp(candidate)
    warp = _aligned(template, part_of, start)
    if warp is None or not _is_plausible(warp, start):
        return 0.0
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (SKETCH_PX, SKETCH_PX)
    laid = cv2.warpAffine(part_of, warp, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.ones_like(part_of), warp, size, flags=flags) > 0
    if inside.mean() < MIN_OVERLAP:
        return 0.0
    return _correlation(_detail(template)[inside], _detail(np.asarray(laid, np.uint8))[inside])


def _window_warp(candidate: Candidate) -> Floats:
    """The affine map [2, 3] from the whole's pixels to those of the window."""
    (left, right), (top, bottom) = candidate.columns, candidate.rows
    return np.asarray(
        [[right - left, 0, left * SKETCH_PX], [0, bottom - top, top * SKETCH_PX]],
        np.float32,
    )


def _aligned(template: Pixels, image: Pixels, start: Floats) -> Floats | None:
    try:
        _, warp = cv2.findTransformECC(template, image, start.copy(), cv2.MOTION_AFFINE, CRITERIA, EVERYWHERE, BLUR_PX)
    except cv2.error:  # it diverged: these two have nothing to be aligned by
        return None
    return np.asarray(warp, np.float32)


def _is_plausible(warp: Floats, start: Floats) -> bool:
    scales = np.linalg.norm(warp[:, :2], axis=0) / np.diag(start[:, :2])
    return bool(np.isfinite(scales).all() and (scales < MAX_STRETCH).all() and (scales > 1 / MAX_STRETCH).all())


def _detail(image: Pixels) -> Floats:
    """What is left without the coarse structure."""
    grey = image.astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), DETAIL_SIGMA), np.float32)


def _correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    first, second = first - first.mean(), second - second.mean()
    return float(first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-6))
