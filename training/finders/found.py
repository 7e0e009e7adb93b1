"""What every face finder answers, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from training.dataset.pixel_cache import Pixels
from training.geometry import Floats


@dataclass(frozen=True, kw_only=True)
class FoundFaces:
    """One picture's detections, in the picture's own pixels."""

    boxes: Floats  # [D, 4] xyxy
    scores: Floats  # [D], 0..1
    landmarks: Floats  # [D, 5, 2]; NaN where a finder knows none


class FaceFinder(Protocol):
    """A face detector as teachers and peers are used: one picture in, everything it found out."""

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]; low scores included, for the whole precision-recall curve."""
        ...
