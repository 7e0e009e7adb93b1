"""Pictures in the host's memory: libjpeg-turbo, OpenCV and numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.domain.prediction import Box
from model_api.arrays import Picture, Pixels
from model_api.crops import crop_face
from model_api.decode import Limits, decode_reduced
from model_api.letterbox import Letterbox


class HostImaging:
    """Decodes each picture on its own, in the caller's thread."""

    def open(self, data: bytes, limits: Limits, *, useful_side: int) -> tuple[Picture, int, int]:
        """As `decode_reduced`."""
        return decode_reduced(data, limits, useful_side=useful_side)

    def load(self, pictures: Sequence[Picture]) -> list[Picture | None]:
        """They are where they should be."""
        return list(pictures)

    def place(self, pictures: Sequence[Pixels], boxes: Sequence[Letterbox]) -> Pixels:
        """The detector's input [N, H, W, 3]."""
        width, height = boxes[0].padded
        batch = np.empty((len(pictures), height, width, 3), np.uint8)
        for row, picture, box in zip(batch, pictures, boxes, strict=True):
            box.place(picture, out=row)
        return batch

    def cut(self, faces: Sequence[tuple[Pixels, Box]], *, scale: float, size: int, replicate: bool) -> Pixels:
        """The square [N, size, size, 3] around each face."""
        batch = np.empty((len(faces), size, size, 3), np.uint8)
        for row, (picture, box) in zip(batch, faces, strict=True):
            crop_face(picture, box, scale=scale, size=size, replicate=replicate, out=row)
        return batch

    def fetch(self, batch: Pixels) -> Pixels:
        """It is there."""
        return batch
