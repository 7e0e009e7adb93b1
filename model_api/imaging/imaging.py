"""What is done to pictures before a network sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from common.domain.prediction import Box
from model_api.arrays import Batch, Picture, Pixels
from model_api.decode import Limits
from model_api.letterbox import Letterbox


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """A JPEG that is decoded later, together with others."""

    data: bytes = field(repr=False)
    width: int  # as stored
    height: int
    orientation: int  # Exif 2.3, tag 274


class Imaging(Protocol):
    """Decodes pictures, and cuts and scales them to the networks' inputs; thread-safe."""

    def open(self, data: bytes, limits: Limits, *, useful_side: int) -> tuple[Picture | Encoded, int, int]:
        """One picture, upright, and its whole width and height: as `decode_reduced`, or not decoded yet.

        Raises ImageTooLarge or UnreadableImage.
        """

    def load(self, pictures: Sequence[Picture | Encoded]) -> list[Picture | None]:
        """The same pictures, decoded, where the inputs are made; None for one that only `decode` can read.

        Raises InferenceFailed.
        """

    def place(self, pictures: Sequence[Picture], boxes: Sequence[Letterbox]) -> Batch:
        """The detector's input [N, H, W, 3] of as many pictures, whose letterboxes are padded to one shape.

        Raises InferenceFailed.
        """

    def cut(self, faces: Sequence[tuple[Picture, Box]], *, scale: float, size: int, replicate: bool) -> Batch:
        """The square [N, size, size, 3] around each face: as `crop_face`. Raises InferenceFailed."""

    def fetch(self, batch: Batch) -> Pixels:
        """What was cut, on the host."""
