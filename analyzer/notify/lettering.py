"""Text in pictures, in any script: OpenCV's own typefaces hold Latin, Cyrillic, Greek and Chinese signs."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # height, width, 3; RGB
Colour = tuple[int, int, int]

TYPEFACE = "sans"


def write(pixels: Pixels, text: str, left: float, baseline: float, *, size: int, colour: Colour) -> None:
    """Draw one line into the picture; `size` is the height of its letters' em square in pixels."""
    cv2.putText(pixels, text, (round(left), round(baseline)), colour, cv2.FontFace(TYPEFACE), size)


def width_of(text: str, *, size: int) -> int:
    """How many pixels it takes."""
    _left, _top, width, _height = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace(TYPEFACE), size)
    return int(width)
