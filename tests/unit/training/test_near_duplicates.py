"""Copies of one photo are found whatever was done to them, and other photos are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

import cv2

from tests.unit.training.drawing import draw_scene, save_picture
from training.dataset.near_duplicates import Pair, find_pairs, find_pairs_within, group
from training.dataset.sketches import open_sketches, sketch

Change = Callable[[np.ndarray], np.ndarray]


def mirrored(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(image[:, ::-1])


def rescaled(image: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.resize(image, (97, 61), interpolation=cv2.INTER_AREA))


def compressed(image: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], cv2.IMREAD_COLOR))


def cropped(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    return image[: int(height * 0.8), int(width * 0.2) :]


def darkened(image: np.ndarray) -> np.ndarray:
    return (image * 0.5).astype(np.uint8)


def grey(image: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))


def everything(image: np.ndarray) -> np.ndarray:
    return compressed(rescaled(mirrored(cropped(darkened(image)))))


CHANGES = [mirrored, rescaled, compressed, cropped, darkened, grey, everything]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_copy_is_found_and_nothing_else(change: Change) -> None:
    originals = np.stack([sketch(draw_scene(seed)) for seed in range(12)])
    copies = np.stack([sketch(change(draw_scene(seed))) for seed in (3, 7)])
    found = {(pair.first, pair.second) for pair in find_pairs(copies, originals)}
    assert found == {(0, 3), (1, 7)}


def test_it_does_not_matter_which_of_both_was_cut() -> None:
    cut, whole = sketch(cropped(draw_scene(1)))[None], sketch(draw_scene(1))[None]
    assert len(find_pairs(cut, whole)) == len(find_pairs(whole, cut)) == 1


def test_a_pair_says_whether_it_is_mirrored() -> None:
    sketches = np.stack([sketch(draw_scene(1)), sketch(mirrored(draw_scene(1)))])
    (pair,) = find_pairs_within(sketches)
    assert (pair.first, pair.second, pair.is_mirrored) == (0, 1, True)
    assert pair.likeness == pytest.approx(1, abs=0.02)


def test_different_pictures_are_no_pairs() -> None:
    assert find_pairs_within(np.stack([sketch(draw_scene(seed)) for seed in range(40)])) == []


def test_blank_pictures_are_no_copies_of_each_other() -> None:
    assert find_pairs_within(np.full((3, 64, 64), 90, np.uint8)) == []


def test_no_pictures_are_no_pairs() -> None:
    none = open_sketches([])
    assert find_pairs_within(none) == []
    assert find_pairs(none, sketch(draw_scene(1))[None]) == []


def test_groups_are_what_pairs_lead_to() -> None:
    pairs = [Pair(first=a, second=b, likeness=1, is_mirrored=False) for a, b in ((4, 5), (1, 4), (2, 3))]
    assert group(pairs, 7).tolist() == [0, 1, 2, 2, 1, 1, 6]


def test_sketches_are_kept_until_a_picture_changes(tmp_path: Path) -> None:
    paths = [save_picture(draw_scene(seed), tmp_path / f"{seed}.png") for seed in range(2)]
    first = open_sketches(paths, tmp_path / "cache")
    stored = next((tmp_path / "cache").iterdir())
    written = stored.stat().st_mtime_ns
    assert (open_sketches(paths, tmp_path / "cache") == first).all()
    assert stored.stat().st_mtime_ns == written
    save_picture(draw_scene(9, width=200), paths[1])
    assert (open_sketches(paths, tmp_path / "cache")[1] != first[1]).any()
