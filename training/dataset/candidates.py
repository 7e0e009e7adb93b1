"""Which pictures may be copies of one photo, by thumbnails of the whole and of windows: fast, and not to be trusted.

Every window of one picture, mirrored or not, is compared with the whole of every other by one matrix product: a copy
that lost up to a third of its width or height still shows the whole of what a window of the other shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from training.dataset.sketches import SKETCH_PX, Sketches
from training.geometry import Floats

Spans = Sequence[tuple[float, float]]

THUMBNAIL_PX = 12
# What part of a side a window shows, in steps that leave no window more than a thumbnail pixel off.
SPANS = ((0.0, 1.0), (0.0, 0.85), (0.075, 0.925), (0.15, 1.0), (0.0, 0.7), (0.1, 0.8), (0.2, 0.9), (0.3, 1.0))
FEW_SPANS = SPANS[:4]  # for faces: their boxes frame them alike already
MIN_CORRELATION = 0.75  # at 0.7 there are five times as many candidates as at 0.8, and a few more copies
MIN_CONTRAST = 4.0  # grey levels, standard deviation: a blank picture resembles everything
CHUNK = 16  # pictures whose windows are compared at once; some 100 MB


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """`whole` may show what this window of `part_of` shows, mirrored or not."""

    whole: int
    part_of: int
    columns: tuple[float, float]  # the window's left and right, 0..1 of the width
    rows: tuple[float, float]
    is_mirrored: bool


def find_candidates(
    wholes: Sketches, parts_of: Sketches, *, min_correlation: float = MIN_CORRELATION, spans: Spans = SPANS
) -> Iterator[Candidate]:
    """Pairs whose best thumbnails correlate this much; the same position in both is a pair like any other."""
    straight = _normalised(_thumbnails(wholes, SPANS[:1])[:, 0])
    count, windows = len(wholes), len(spans) ** 2
    if not count:
        return
    known = np.concatenate([straight, _mirrored(straight)])
    for start in range(0, len(parts_of), CHUNK):
        thumbnails = _normalised(_thumbnails(parts_of[start : start + CHUNK], spans))
        likeness = (thumbnails.reshape(-1, THUMBNAIL_PX**2) @ known.T).reshape(-1, windows, 2, count)
        flat = likeness.transpose(0, 3, 1, 2).reshape(len(thumbnails), count, windows * 2)
        best = flat.argmax(axis=2)
        reached = np.take_along_axis(flat, best[..., None], axis=2)[..., 0] >= min_correlation
        for part, whole in np.argwhere(reached).tolist():
            window, is_mirrored = divmod(int(best[part, whole]), 2)
            row, column = divmod(window, len(spans))
            yield Candidate(
                whole=whole,
                part_of=start + part,
                columns=spans[column],
                rows=spans[row],
                is_mirrored=bool(is_mirrored),
            )


def _thumbnails(sketches: Sketches, spans: Spans) -> Floats:
    """Thumbnails [N, windows, T * T] of every window, row spans outermost."""
    resample = np.concatenate([_averaging(low, high) for low, high in spans])
    shrunk = np.einsum("nyx,ax,by->nba", sketches.astype(np.float32), resample, resample, optimize=True)
    parted = shrunk.reshape(-1, len(spans), THUMBNAIL_PX, len(spans), THUMBNAIL_PX).transpose(0, 1, 3, 2, 4)
    return np.ascontiguousarray(parted).reshape(len(sketches), len(spans) ** 2, THUMBNAIL_PX**2)


def _averaging(low: float, high: float) -> Floats:
    """The matrix [T, SKETCH_PX] that averages a span of a side into T pixels."""
    edges = np.linspace(low, high, THUMBNAIL_PX + 1) * SKETCH_PX
    pixels = np.arange(SKETCH_PX)
    share = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.clip(share, 0, 1)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _normalised(thumbnails: Floats) -> Floats:
    """Zero mean and unit length, so that a product is a correlation; zeros where there is no contrast."""
    centred = thumbnails - thumbnails.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray(np.where(length < MIN_CONTRAST * THUMBNAIL_PX, 0, centred / np.maximum(length, 1e-6)), np.float32)


def _mirrored(thumbnails: Floats) -> Floats:
    square = thumbnails.reshape(-1, THUMBNAIL_PX, THUMBNAIL_PX)
    return np.ascontiguousarray(square[:, :, ::-1]).reshape(len(thumbnails), THUMBNAIL_PX**2)
