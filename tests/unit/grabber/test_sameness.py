"""Near-duplicates: noise and compression are no change, a small face is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import simplejpeg

from grabber.picture import Picture, picture_from_jpeg
from grabber.sameness import CELLS, LONGEST, Sameness, difference, sketch_of

START = datetime(2026, 3, 4, 12, tzinfo=UTC)
SIZES = ((1080, 1920), (720, 1280), (360, 640), (1200, 1600))


def room(height: int = 1080, width: int = 1920, *, seed: int = 1) -> np.ndarray:
    """Walls, a door and a floor, with a sensor's noise that differs with the seed."""
    pixels = np.full((height, width), 120.0)
    pixels[: height // 2, width // 3 : width // 2] = 60
    pixels[2 * height // 3 :] = np.linspace(80, 180, width)
    return pixels + np.random.default_rng(seed).normal(0, 5, pixels.shape)


def picture(pixels: np.ndarray, *, seconds: float = 0, quality: int = 90) -> Picture:
    grey = np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8)[..., None])
    jpeg = simplejpeg.encode_jpeg(grey, quality=quality, colorspace="GRAY")
    return picture_from_jpeg(jpeg, captured_at=START + timedelta(seconds=seconds), address="door")


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_another_moment_of_an_empty_room_is_the_same(height: int, width: int) -> None:
    same = Sameness()
    first, second = picture(room(height, width)), picture(room(height, width, seed=2), seconds=5, quality=80)
    assert [same.is_same(first), same.is_same(second)] == [False, True]


@pytest.mark.parametrize(("at_x", "at_y"), [(300, 200), (1005, 511), (1890, 1050)])
def test_a_small_face_is_a_change_wherever_it_is(at_x: int, at_y: int) -> None:
    same, later = Sameness(), room(seed=2)
    later[at_y : at_y + 20, at_x : at_x + 20] += 50
    assert not same.is_same(picture(room()))
    assert not same.is_same(picture(later, seconds=5))


def test_what_changes_slowly_is_compared_with_the_last_snapshot_not_with_the_last_picture() -> None:
    same = Sameness()
    seen = [same.is_same(picture(room(seed=number) + 2 * number, seconds=number)) for number in range(9)]
    assert not seen[0]
    assert 0 < seen.count(True) < 8
    assert not all(seen[1:])


def test_nothing_is_skipped_for_longer_than_an_event_lives_without_pictures() -> None:
    same, still = Sameness(), picture(room())
    step = timedelta(seconds=5)
    taken = [number for number in range(20) if not same.is_same(replace(still, captured_at=START + number * step))]
    assert [(after - before) * step for before, after in pairwise(taken)] == [
        LONGEST,
        LONGEST,
        LONGEST,
    ]


def test_a_difference_is_the_largest_of_any_cell() -> None:
    sketch = sketch_of(picture(room()).jpeg)
    assert sketch.shape == (CELLS[1], CELLS[0])
    other = sketch.copy()
    other[7, 9] += 11
    assert difference(sketch, other) == pytest.approx(11, abs=0.01)
