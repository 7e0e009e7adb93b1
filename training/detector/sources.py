"""Where the detector's pictures come from: label sets, their pixels, and the sizes they are shown at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.augment import windows
from training.dataset.coco import Picture, load_coco
from training.dataset.pixel_cache import PixelCache, open_cache
from training.labels.teacher import teach

CACHE_SIDES = {"masks": 640, "crowds": 896}  # pixels; the crowds' faces are too small to give any away
LONGER_SIDES = {"masks": (300.0, 1050.0), "crowds": (560.0, 1250.0)}  # around the 640 px that serving uses


@dataclass(frozen=True, kw_only=True)
class Source:
    """One set of pictures with its pixels and the range of sizes they are shown at."""

    pictures: Sequence[Picture]
    pixels: PixelCache
    longer_side: tuple[float, float]

    def sample(self, index: int) -> windows.Sample:
        """The picture and its labels in the cached pixels."""
        picture, image = self.pictures[index], self.pixels[index]
        scale = np.float32(image.shape[1] / picture.width)
        labels = (picture.boxes * scale, picture.points * scale, picture.ignored * scale)
        return windows.Sample(image=image, boxes=labels[0], points=labels[1], ignored=labels[2])


def open_sources(data: Path, cache: Path) -> dict[str, Source]:
    """Read labels, let the teacher add landmarks, decode all pictures once (a minute, the first time)."""
    teacher = data / "weights" / "yunet_s_dynamic.onnx"
    masks = teach(load_coco(data / "masks" / "train.json"), teacher, cache, "masks")
    named = {"masks": masks, "crowds": load_coco(data / "crowds" / "pseudo.json")}
    return {
        name: Source(
            pictures=pictures,
            pixels=open_cache([picture.path for picture in pictures], CACHE_SIDES[name], cache),
            longer_side=LONGER_SIDES[name],
        )
        for name, pictures in named.items()
    }
