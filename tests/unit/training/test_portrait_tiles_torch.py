"""How often the detector is shown portraits."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from training.augment.windows import Sample
from training.dataset.coco import Picture
from training.dataset.pixel_cache import PixelCache
from training.detector.sources import Source
from training.detector.stream import MOSAIC_SHARE, PORTRAIT_SHARE, DetectorStream

GREY = {"masks": 60, "crowds": 120, "portraits": 180}


def source(name: str) -> Source:
    """One flat picture whose grey names its set."""
    picture = Picture(
        path=Path(f"{name}.png"),
        width=32,
        height=32,
        source="drawn",
        boxes=np.asarray([[8, 8, 24, 24]], np.float32),
        categories=np.asarray([4]),
        points=np.full((1, 5, 2), np.nan, np.float32),
        ignored=np.zeros((0, 4), np.float32),
    )
    pixels = PixelCache(
        bytes=np.full(32 * 32 * 3, GREY[name], np.uint8), offsets=np.asarray([0]), shapes=np.asarray([[32, 32]])
    )
    return Source(pictures=[picture], pixels=pixels, longer_side=(48.0, 96.0))


def shown(*names: str) -> list[int]:
    """The grey of every picture that 400 windows are cut out of."""
    seen: list[int] = []

    def note(sample: Sample, random: np.random.Generator) -> Sample:
        seen.append(int(sample.image[0, 0, 0]))
        return sample

    stream = DetectorStream({name: source(name) for name in names}, size=32, batch=4, seed=3, before=[(1.0, note)])
    for _ in islice(stream, 100):
        pass
    return seen


def test_a_share_of_the_mosaics_tiles_are_portraits() -> None:
    seen = shown("masks", "crowds", "portraits")
    tiles = 400 * MOSAIC_SHARE * 4
    assert seen.count(GREY["portraits"]) == pytest.approx(tiles * PORTRAIT_SHARE, rel=0.4)


def test_without_portraits_there_are_none() -> None:
    assert set(shown("masks", "crowds")) == {GREY["masks"], GREY["crowds"]}
