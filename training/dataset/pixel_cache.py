"""All pictures of a data set, decoded once into one memory-mapped file of raw bytes.

Decoding WebP anew in every epoch would cost more processor time than training a small network does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.dataset.building import alone
from training.errors import DataMissing

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class PixelCache:
    """Read access to the cached pictures, by position."""

    bytes: Any  # np.memmap uint8, all pictures end to end
    offsets: NDArray[np.int64]  # [N] start of each picture
    shapes: NDArray[np.int64]  # [N, 2] height, width

    def __getitem__(self, index: int) -> Pixels:
        """The picture as uint8 [H, W, 3], RGB."""
        height, width = self.shapes[index]
        start = int(self.offsets[index])
        flat = self.bytes[start : start + int(height) * int(width) * 3]
        return np.asarray(flat).reshape(int(height), int(width), 3)

    def only(self, rows: Sequence[int]) -> PixelCache:
        """The pictures at these positions, of the same file."""
        return PixelCache(bytes=self.bytes, offsets=self.offsets[rows], shapes=self.shapes[rows])


def open_cache(paths: Sequence[Path], longer_side: int, folder: Path) -> PixelCache:
    """Open the cache of these pictures at no more than `longer_side` pixels; build it when it is not there yet."""
    key = hashlib.sha256("\n".join([str(longer_side), *map(str, paths)]).encode()).hexdigest()[:16]
    data, index = folder / f"{key}.u8", folder / f"{key}.npz"
    with alone(index):
        if not index.is_file():
            _build(paths, longer_side, data, index)
    table = np.load(index)
    return PixelCache(bytes=np.memmap(data, np.uint8, "r"), offsets=table["offsets"], shapes=table["shapes"])


def _build(paths: Sequence[Path], longer_side: int, data: Path, index: Path) -> None:
    from tqdm import tqdm  # reading pictures does without

    offsets, shapes, position = [], [], 0
    with data.open("wb") as file:
        for path in tqdm(paths, "decoding", disable=None):
            image = shrink(read_rgb(path), longer_side)
            offsets.append(position)
            shapes.append(image.shape[:2])
            position += file.write(image.tobytes())
    partial = index.with_suffix(".partial.npz")  # an interruption leaves no index, and so no cache
    np.savez(partial, offsets=np.asarray(offsets, np.int64), shapes=np.asarray(shapes, np.int64))
    partial.replace(index)


def read_rgb(path: Path) -> Pixels:
    """Decode a picture to uint8 [H, W, 3], RGB. Raises DataMissing when it is not there or not a picture."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise DataMissing(f"cannot read the picture {path}")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def shrink(image: Pixels, longer_side: int) -> Pixels:
    """Bring the longer side down to `longer_side` pixels; a smaller picture stays as it is."""
    size = shrunk_size(image.shape[1], image.shape[0], longer_side)
    if size == (image.shape[1], image.shape[0]):
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrunk_size(width: int, height: int, longer_side: int) -> tuple[int, int]:
    """Width and height of which neither is above `longer_side`, at the same aspect ratio."""
    scale = min(1.0, longer_side / max(width, height, 1))
    return max(1, round(width * scale)), max(1, round(height * scale))
