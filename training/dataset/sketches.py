"""Sketches of pictures: small grey squares in which copies of one photo look alike, whatever their size or format."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.pixel_cache import Pixels, read_rgb

SKETCH_PX = 64  # enough to tell two moments of one scene apart; 20,000 of them are 80 MB

Sketches = NDArray[np.uint8]  # [N, SKETCH_PX, SKETCH_PX], grey, each picture stretched to the square


def sketch(image: Pixels) -> Pixels:
    """Reduce uint8 RGB [H, W, 3] to grey [SKETCH_PX, SKETCH_PX]; the aspect ratio is given up on purpose."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    method = cv2.INTER_AREA if min(grey.shape) >= SKETCH_PX else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (SKETCH_PX, SKETCH_PX), interpolation=method), np.uint8)


def open_sketches(paths: Sequence[Path], cache: Path | None = None) -> Sketches:
    """The sketches of these pictures; with a cache folder they are made once for pictures of this name and size."""
    if cache is None:
        return _draw(paths)
    key = hashlib.sha256("\n".join(f"{path} {_bytes(path)}" for path in paths).encode()).hexdigest()[:16]
    store = cache / f"sketches-{key}.npy"
    if not store.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(store, _draw(paths))
    return np.asarray(np.load(store), np.uint8)


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _draw(paths: Sequence[Path]) -> Sketches:
    drawn = [sketch(read_rgb(path)) for path in tqdm(paths, "sketches", disable=None)]
    return np.asarray(drawn, np.uint8).reshape(-1, SKETCH_PX, SKETCH_PX)
