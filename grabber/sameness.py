"""Pictures that show what the last snapshot shows already: skipped on wish, as nobody learns anything from them."""

from __future__ import annotations

from datetime import datetime, timedelta

import cv2
import numpy as np
import simplejpeg

from grabber.picture import Picture

CELLS = (64, 36)  # of the small copy, across and down: 30 pixels each at 1080p
CHANGED = 6.0  # of luma 0..255, in any one cell: a cell's mean hides a sensor's noise, and a face of 20 px moves it
LONGEST = timedelta(seconds=30)  # somebody who stands still must go on counting: an event ends after 60 s of silence

Sketch = np.ndarray[tuple[int, ...], np.dtype[np.float32]]  # [36, 64], mean luma of each cell


class Sameness:
    """One camera's; remembers the last snapshot, so that slow changes add up until they are seen."""

    def __init__(self) -> None:
        self._last: tuple[datetime, Sketch] | None = None

    def is_same(self, picture: Picture) -> bool:
        """Whether it shows what the last snapshot shows; otherwise it is that from now on."""
        sketch = sketch_of(picture.jpeg)
        if self._last is not None:
            taken_at, before = self._last
            if picture.captured_at - taken_at < LONGEST and difference(sketch, before) < CHANGED:
                return True
        self._last = picture.captured_at, sketch
        return False


def sketch_of(jpeg: bytes) -> Sketch:
    """A small copy of a picture; the decoder shrinks while it decodes, a fraction of the cost of the whole picture."""
    thin = simplejpeg.decode_jpeg(jpeg, colorspace="GRAY", fastdct=True, min_height=CELLS[1], min_width=CELLS[0])
    small = cv2.resize(np.asarray(thin[..., 0], np.float32), CELLS, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def difference(one: Sketch, other: Sketch) -> float:
    """The largest of any cell: a person far away is one cell, and the mean of all would not show it."""
    return float(np.abs(one - other).max())
