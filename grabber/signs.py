"""What a picture's brightness says about the picture itself, by small copies of it: a few milliseconds at 1080p."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from grabber.rows import has_torn_rows, repeated_rows, strip_of

Luma = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]  # [H, W], 0..255

SMALL_WIDTH = 480  # pixels of the copy on which focus is judged: what matters to a face is still seen there
TINY = 4  # so many times smaller is the copy on which emptiness is judged: there noise is averaged away
CLIPPED = 250  # luma from which on a sensor has nothing more to say
CELL = 4  # pixels of the tiny copy
EMPTY_DETAIL = 4.0  # mean of the absolute Laplacian there below which a cell shows nothing but noise
GREY = (126, 132)  # luma that decoders draw for what they never got: 128, or what full range makes of it (130)


@dataclass(frozen=True, kw_only=True)
class Signs:
    """Shares are of the picture, 0..1."""

    clipped: float = 0.0  # overexposed
    sharpness: float = 1.0  # variance of the Laplacian over the variance of luma: the same for a darker exposure
    empty: float = 0.0  # without any detail
    grey: float = 0.0  # exactly a decoder's grey
    repeated: float = 0.0  # rows that are the row above once more, though there is something in them
    is_torn: bool = False  # rows stand beside their place


GOOD = Signs()


def signs_of(luma: Luma) -> Signs:
    """Look at a picture's luma, [H, W] uint8."""
    small = _small(luma)
    detail = cv2.Laplacian(small, cv2.CV_16S)
    strip = strip_of(luma)
    return Signs(
        clipped=float((small >= CLIPPED).mean()),
        sharpness=_variance(detail) / (_variance(small) + 1.0),
        empty=_empty(small),
        grey=_grey(luma),
        repeated=repeated_rows(strip, squeezed=luma.shape[1] / strip.shape[1]),
        is_torn=has_torn_rows(strip),
    )


def _small(luma: Luma) -> Luma:
    factor = max(1, round(luma.shape[1] / SMALL_WIDTH))
    size = (luma.shape[1] // factor, max(1, luma.shape[0] // factor))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def _variance(values: np.ndarray[Any, np.dtype[Any]]) -> float:
    """Variance; of the Laplacian it measures focus (Pech-Pacheco et al., 2000)."""
    return float(cv2.meanStdDev(values)[1][0, 0]) ** 2


def _empty(small: Luma) -> float:
    height, width = small.shape
    tiny = cv2.resize(small, (max(1, width // TINY), max(1, height // TINY)), interpolation=cv2.INTER_AREA)
    detail = np.abs(cv2.Laplacian(tiny, cv2.CV_32F))
    cells = (max(1, tiny.shape[1] // CELL), max(1, tiny.shape[0] // CELL))
    return float((cv2.resize(detail, cells, interpolation=cv2.INTER_AREA) < EMPTY_DETAIL).mean())


def _grey(luma: Luma) -> float:
    """Share of spots where a decoder's grey and nothing else stands: a sensor's neighbours differ."""
    spots = luma[::4, ::8]
    is_grey = (spots >= GREY[0]) & (spots <= GREY[1])
    is_grey[1:] &= spots[1:] == spots[:-1]
    is_grey[:, 1:] &= spots[:, 1:] == spots[:, :-1]
    return float(is_grey.mean())
