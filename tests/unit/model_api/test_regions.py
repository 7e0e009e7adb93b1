"""Where nose, mouth and chin lie, and how much of each a map covers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model_api.regions import CoverMap, Part, coverage, place_parts

# A face drawn by hand: eyes at 40, nose tip at 56, mouth at 72, so the chin ends at about 90.
FIVE = ((40.0, 40.0), (64.0, 40.0), (52.0, 56.0), (44.0, 72.0), (60.0, 72.0))
SIDE = 104.0


def map_covered(first_row: float, last_row: float) -> CoverMap:
    """A map of 52 cells over a picture of 104 px, covered between two rows of the picture."""
    values = np.zeros((52, 52), np.float32)
    values[round(first_row / 2) : round(last_row / 2)] = 1
    return CoverMap(values=values, left=0, top=0, side=SIDE)


def turned(degrees: float, *, scale: float = 1.0) -> tuple[tuple[float, float], ...]:
    angle = math.radians(degrees)
    matrix = np.asarray([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) * scale
    return tuple((float(x), float(y)) for x, y in np.asarray(FIVE) @ matrix)


def test_parts_lie_around_their_landmarks_and_below_each_other() -> None:
    parts = place_parts(FIVE)
    assert parts is not None
    np.testing.assert_allclose(parts[Part.NOSE].mean(axis=0), (52, 56), atol=1e-3)
    np.testing.assert_allclose(parts[Part.MOUTH].mean(axis=0), (52, 72), atol=1e-3)
    assert parts[Part.NOSE][:, 1].max() < parts[Part.MOUTH][:, 1].min()
    assert parts[Part.MOUTH][:, 1].max() < parts[Part.CHIN][:, 1].min()
    assert parts[Part.CHIN][:, 1].max() < 92
    assert parts[Part.MOUTH][:, 0].min() == pytest.approx(44, abs=1.5)
    assert parts[Part.MOUTH][:, 0].max() == pytest.approx(60, abs=1.5)


@pytest.mark.parametrize("degrees", [-90, -30, 20, 180])
@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_parts_turn_and_grow_with_the_face(degrees: float, scale: float) -> None:
    upright, other = place_parts(FIVE), place_parts(turned(degrees, scale=scale))
    assert upright is not None
    assert other is not None
    angle = math.radians(degrees)
    matrix = np.asarray([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) * scale
    for part in Part:
        np.testing.assert_allclose(other[part], upright[part] @ matrix, atol=1e-3 * scale * 100)


def test_a_turned_heads_nose_is_where_its_tip_is() -> None:
    profile = (FIVE[0], FIVE[1], (34.0, 56.0), FIVE[3], FIVE[4])
    parts = place_parts(profile)
    assert parts is not None
    np.testing.assert_allclose(parts[Part.NOSE].mean(axis=0), (34, 56), atol=1e-3)


@pytest.mark.parametrize(
    ("rows", "covered"),
    [
        ((44, 104), {Part.NOSE: 1.0, Part.MOUTH: 1.0, Part.CHIN: 1.0}),
        ((64, 104), {Part.NOSE: 0.0, Part.MOUTH: 1.0, Part.CHIN: 1.0}),
        ((80, 104), {Part.NOSE: 0.0, Part.MOUTH: 0.0, Part.CHIN: 1.0}),
        ((98, 104), {Part.NOSE: 0.0, Part.MOUTH: 0.0, Part.CHIN: 0.0}),
        ((44, 78), {Part.NOSE: 1.0, Part.MOUTH: 1.0, Part.CHIN: 0.0}),
    ],
)
def test_coverage_follows_where_the_mask_ends(rows: tuple[float, float], covered: dict[Part, float]) -> None:
    assert coverage(map_covered(*rows), FIVE) == pytest.approx(covered, abs=0.25)


def test_a_map_lies_where_its_square_is() -> None:
    cover = CoverMap(values=np.asarray([[0, 1], [0.25, 0.5]], np.float32), left=10, top=20, side=8)
    points = np.asarray([[11, 21], [17, 21], [11, 27], [17, 27]], np.float32)
    np.testing.assert_allclose(cover.at(points), (0, 1, 0.25, 0.5))


def test_points_beside_a_map_take_its_edge() -> None:
    cover = CoverMap(values=np.asarray([[0, 1], [0.25, 0.5]], np.float32), left=10, top=20, side=8)
    np.testing.assert_allclose(cover.at(np.asarray([[99, 0], [-5, 99]], np.float32)), (1, 0.25))


@pytest.mark.parametrize(
    "landmarks",
    [
        (),
        FIVE[:4],
        (*FIVE[:2], (math.nan, math.nan), *FIVE[3:]),
        ((5.0, 5.0),) * 5,
    ],
)
def test_landmarks_without_a_face_place_nothing(landmarks: tuple[tuple[float, float], ...]) -> None:
    assert place_parts(landmarks) is None
    assert coverage(map_covered(0, 104), landmarks) is None
