"""How sources draw a face's box, brought to one style: a detector that learns two learns the middle and fits neither.

Most of our sources draw from the forehead to the chin. `macwin498` draws the whole head, hair and ears: measured by one
finder that knows none of them (CenterFace), its boxes are 1.6 times as large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from training.dataset.coco import Picture
from training.geometry import Floats


@dataclass(frozen=True, kw_only=True)
class Trim:
    """What a source draws too much, as shares of its box's width and height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    def apply(self, boxes: Floats) -> Floats:
        """Trim boxes [N, 4] xyxy."""
        size = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
        inwards = np.asarray([self.left, self.top, -self.right, -self.bottom], np.float32)
        return np.asarray(boxes + size * inwards, np.float32)


# By the medians of where CenterFace sees the edges in 1,204 labelled boxes of this source, against 4,303 of ilc2021 and
# kaggle853 (of masks/train.json, faces of 20 px and more).
TRIMS: Mapping[str, Trim] = {"macwin498": Trim(left=0.1, top=0.22, right=0.09)}


def in_one_style(picture: Picture) -> Picture:
    """The picture with its boxes as most sources would have drawn them; points and regions stay."""
    trim = TRIMS.get(picture.source)
    return picture if trim is None else replace(picture, boxes=trim.apply(picture.boxes))
