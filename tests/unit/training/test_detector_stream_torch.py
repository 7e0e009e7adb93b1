"""The detector's stream: seeded, through the whole chain, with a place for what happens to whole pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("av", reason="needs PyAV (pip install 'maskwatch[grabber]')")

import cv2
from drawn_samples import faces

from training.augment.windows import Sample
from training.dataset.coco import Picture
from training.dataset.pixel_cache import open_cache
from training.detector.sources import Source
from training.detector.stream import DetectorStream


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, Source]:
    """Two drawn pictures: one with a crowd of small faces, one with none."""
    pictures = []
    for name, boxes in (("crowd", [(x, 60, x + 12, 76) for x in range(20, 280, 30)]), ("empty", [])):
        drawn = faces(boxes, width=320, height=240)
        cv2.imwrite(str(tmp_path / f"{name}.png"), drawn.image)
        picture = Picture(
            path=tmp_path / f"{name}.png",
            width=320,
            height=240,
            source="drawn",
            boxes=drawn.boxes,
            categories=np.full(len(boxes), 3),
            points=drawn.points,
            ignored=drawn.ignored,
        )
        pictures.append(picture)
    pixels = open_cache([picture.path for picture in pictures], 320, tmp_path / "cache")
    source = Source(pictures=pictures, pixels=pixels, longer_side=(200.0, 400.0))
    return {"masks": source, "crowds": source}


def test_batches_repeat_with_their_seed_and_hold_honest_labels(sources: dict[str, Source]) -> None:
    first, again = (iter(DetectorStream(sources, size=96, batch=4, seed=3)) for _ in range(2))
    faces_seen = 0
    for _ in range(20):
        one, other = next(first), next(again)
        assert (one.images == other.images).all()
        assert (one.boxes == other.boxes).all()
        assert (one.ignored == other.ignored).all()
        assert tuple(one.images.shape) == (4, 96, 96, 3)
        assert len(one.boxes) == len(one.points) == len(one.owners)
        assert ((one.boxes >= 0) & (one.boxes <= 96)).all()
        assert (one.boxes[:, 2:] > one.boxes[:, :2]).all()
        faces_seen += len(one.boxes)
    assert faces_seen > 50


def test_whole_pictures_pass_the_stages_given_for_them(sources: dict[str, Source]) -> None:
    sizes = set()

    def blacken(sample: Sample, _random: np.random.Generator) -> Sample:
        sizes.add(sample.image.shape)
        return replace(sample, image=np.zeros_like(sample.image), boxes=sample.boxes[:0], points=sample.points[:0])

    batch = next(iter(DetectorStream(sources, size=64, batch=6, seed=0, before=((1.0, blacken),))))
    assert sizes == {(240, 320, 3)}
    assert len(batch.boxes) == 0


def test_a_set_without_small_faces_gives_no_tiny_mosaics_and_still_flows(sources: dict[str, Source]) -> None:
    empty = replace(sources["masks"], pictures=[sources["masks"].pictures[1]] * 2)
    batch = next(iter(DetectorStream({"masks": empty, "crowds": empty}, size=64, batch=24, seed=1)))
    assert tuple(batch.images.shape) == (24, 64, 64, 3)
    assert len(batch.boxes) == 0
