"""What a bad line destroys is no longer asked for, and what it left alone still is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")

from drawn_samples import faces, textured

from training.augment.damage import HIDDEN_SHARE, NO_BOXES, Damaged, damage, garble, hide, smear, tear
from training.augment.windows import Sample
from training.geometry import areas, intersections

Damage = Callable[[np.ndarray, np.random.Generator], Damaged]
ALL = pytest.mark.parametrize("broken", [tear, garble, smear])


def covers(regions: np.ndarray, height: int, width: int) -> np.ndarray:
    """How many regions cover each pixel."""
    count = np.zeros((height, width), int)
    for x1, y1, x2, y2 in regions.astype(int):
        count[y1:y2, x1:x2] += 1
    return count


@ALL
@pytest.mark.parametrize("size", [(96, 130), (16, 16), (9, 23), (416, 416)])
def test_what_is_broken_lies_inside_the_named_regions(broken: Damage, size: tuple[int, int]) -> None:
    image = textured(*size)
    for seed in range(15):
        result = broken(image, np.random.default_rng(seed))
        assert result.image.shape == image.shape
        assert result.image.dtype == np.uint8
        count = covers(result.destroyed, *size)
        assert (result.image == image)[count == 0].all()
        assert count.max() == 1, "regions that overlap would count a face's cover twice"
        assert (areas(result.destroyed) > 0).all()


@ALL
def test_damage_changes_the_picture_but_not_the_one_it_was_given(broken: Damage) -> None:
    image = textured(120, 160)
    before = image.copy()
    changed = [(broken(image, np.random.default_rng(seed)).image != before).mean() for seed in range(15)]
    assert max(changed) > 0.05
    assert (image == before).all()


@ALL
def test_the_same_seed_breaks_in_the_same_way(broken: Damage) -> None:
    image = textured(120, 160)
    first, second = (broken(image, np.random.default_rng(5)) for _ in range(2))
    assert (first.image == second.image).all()
    assert (first.destroyed == second.destroyed).all()


def lost(*regions: tuple[float, float, float, float], shows_pieces: bool = False) -> Damaged:
    boxes = np.asarray(regions, np.float32).reshape(-1, 4)
    image = np.full((120, 160, 3), 128, np.uint8)
    return Damaged(image=image, destroyed=boxes, displaced=boxes if shows_pieces else NO_BOXES)


def test_a_face_under_damage_becomes_a_region_to_ignore() -> None:
    drawn = faces([(10, 10, 50, 60), (80, 70, 110, 110)])
    result = hide(drawn, lost((0, 64, 160, 120)))
    assert result.boxes.tolist() == [[10, 10, 50, 60]]
    assert result.ignored.tolist() == [[80, 70, 110, 110]]
    assert result.points.shape == (1, 5, 2)
    assert not np.isnan(result.points).any()


def test_two_regions_hide_a_face_together() -> None:
    share = HIDDEN_SHARE * 0.6
    high = 50 * share
    drawn = faces([(10, 10, 50, 60)])
    assert len(hide(drawn, lost((0, 10, 160, 10 + high))).boxes) == 1
    assert len(hide(drawn, lost((0, 10, 160, 10 + high), (0, 60 - high, 160, 60))).boxes) == 0


def test_landmarks_under_damage_are_unknown_and_the_others_stay() -> None:
    drawn = faces([(10, 10, 50, 60)])
    result = hide(drawn, lost((0, 46, 160, 60)))
    assert np.isnan(result.points[0, 3:]).all(), "the mouth is gone"
    assert (result.points[0, :3] == drawn.points[0, :3]).all()
    assert not np.isnan(drawn.points).any(), "the given sample is left alone"


def test_pieces_out_of_place_are_ignored_but_plain_grey_is_background() -> None:
    drawn = faces([])
    assert hide(drawn, lost((0, 64, 160, 80), shows_pieces=True)).ignored.tolist() == [[0, 64, 160, 80]]
    assert hide(drawn, lost((0, 64, 160, 80))).ignored.shape == (0, 4)


def test_every_face_is_still_seen_or_ignored() -> None:
    drawn = faces([(4, 4, 34, 44), (60, 40, 90, 80), (110, 70, 140, 110)])
    seen_counts = set()
    for seed in range(60):
        result: Sample = damage(drawn, np.random.default_rng(seed))
        seen_counts.add(len(result.boxes))
        places = np.concatenate([result.boxes, result.ignored])
        assert (intersections(drawn.boxes, places).max(axis=1) >= areas(drawn.boxes) - 1e-3).all()
    assert {2, 3} <= seen_counts, "some break a face, some break none"


def test_a_sample_without_faces_survives() -> None:
    for seed in range(20):
        result = damage(faces([]), np.random.default_rng(seed))
        assert result.boxes.shape == (0, 4)
        assert result.points.shape == (0, 5, 2)
        assert result.ignored.shape[1] == 4
