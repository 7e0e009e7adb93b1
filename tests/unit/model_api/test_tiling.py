"""Tiles: their plan, and one answer out of what was found in each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from model_api.face_detector import Detection
from model_api.letterbox import letterbox
from model_api.tiling import EDGE, LARGEST_FACE, LEAST_ZOOM, MOST_PER_SIDE, OVERLAP, Plan, Tile, plan, useful_side

INPUT = 640
SIDES = st.integers(1, 20_000)
LARGE = plan(1920, 1080, input_size=INPUT, tiles="auto")


def test_a_picture_as_large_as_the_input_is_seen_once() -> None:
    assert plan(INPUT, 480, input_size=INPUT, tiles="auto").looks == 1


def test_without_tiles_a_large_picture_is_seen_once() -> None:
    assert plan(4000, 3000, input_size=INPUT, tiles="off").looks == 1


def test_the_larger_the_picture_the_more_looks_up_to_a_limit() -> None:
    sides = (900, 1000, 1100, 1300, 2000, 8000)
    looks = [plan(side, side, input_size=INPUT, tiles="auto").looks for side in sides]
    assert looks == [1, 5, 5, 10, 10, 10]


@settings(deadline=None)
@given(width=SIDES, height=SIDES)
@example(width=50_000, height=1000)  # 50 megapixels, the most that is decoded
def test_the_looks_are_never_more_than_ten(width: int, height: int) -> None:
    assert plan(width, height, input_size=INPUT, tiles="auto").looks <= 1 + MOST_PER_SIDE**2


@settings(deadline=None)
@given(width=SIDES, height=SIDES)
def test_tiles_lie_in_the_picture_and_cover_it(width: int, height: int) -> None:
    tiles = plan(width, height, input_size=INPUT, tiles="auto").tiles
    for tile in tiles:
        assert tile.x >= 0
        assert tile.y >= 0
        assert tile.x + tile.width <= width
        assert tile.y + tile.height <= height
    if tiles:
        assert _covered([(tile.x, tile.width) for tile in tiles]) == width
        assert _covered([(tile.y, tile.height) for tile in tiles]) == height
        assert len({(tile.x, tile.y) for tile in tiles}) == len({t.x for t in tiles}) * len({t.y for t in tiles})


@settings(deadline=None)
@given(data=st.data(), width=SIDES, height=SIDES)
def test_what_is_smaller_than_the_overlap_lies_whole_in_a_tile(data: st.DataObject, width: int, height: int) -> None:
    tiles = plan(width, height, input_size=INPUT, tiles="auto").tiles
    if not tiles:
        return
    largest = [max(0.0, OVERLAP * side - 1) for side in (tiles[0].width, tiles[0].height)]  # 1: of rounding
    face_width, face_height = (data.draw(st.floats(0, side)) for side in largest)
    x, y = data.draw(st.floats(0, width - face_width)), data.draw(st.floats(0, height - face_height))
    assert any(
        tile.x <= x
        and x + face_width <= tile.x + tile.width
        and tile.y <= y
        and y + face_height <= tile.y + tile.height
        for tile in tiles
    )


@settings(deadline=None)
@given(width=st.integers(800, 1600), height=st.integers(600, 1600))
def test_tiles_are_not_enlarged(width: int, height: int) -> None:
    for tile in plan(width, height, input_size=INPUT, tiles="auto").tiles:
        assert max(tile.width, tile.height) >= min(INPUT, max(width, height))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (1024, 768), (768, 1024), (4000, 3000)])
def test_tiles_and_the_whole_share_runs_of_the_network(width: int, height: int) -> None:
    tiles = plan(width, height, input_size=INPUT, tiles="auto").tiles
    sizes = [(width, height), *((tile.width, tile.height) for tile in tiles)]
    assert len({letterbox(*size, longer_side=INPUT, stride=32).padded for size in sizes}) == 1


@settings(deadline=None)
@given(side=st.integers(int(LEAST_ZOOM * INPUT), 20_000))
def test_a_picture_of_the_useful_side_shows_tiles_all_that_a_larger_one_does(side: int) -> None:
    enough = min(side, useful_side(INPUT, "auto"))
    tile = plan(enough, enough, input_size=INPUT, tiles="auto").tiles[0]
    assert tile.width >= INPUT or tile.width == enough
    assert useful_side(INPUT, "off") == INPUT


def test_a_face_in_two_tiles_is_one_face() -> None:
    left, right = LARGE.tiles[:2]
    box = (right.x + 20.0, 50.0, right.x + 60.0, 100.0)
    (face,) = _merge({left: [_seen(box, left, 0.8)], right: [_seen(box, right, 0.9)]})
    assert face == _face(box, 0.9)


def test_what_a_tile_cuts_off_is_left_to_its_neighbour() -> None:
    left, right = LARGE.tiles[:2]
    border = left.x + left.width
    whole = (border - 60.0, 50.0, border + 10.0, 120.0)
    half = (border - 60.0, 50.0, border - 1.0, 120.0)
    assert _merge({left: [_seen(half, left, 0.95)], right: [_seen(whole, right, 0.7)]}) == [_face(whole, 0.7)]


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_cut_at_any_inner_border_is_seen(side: str) -> None:
    middle = LARGE.tiles[4]
    x, y = middle.x + 100.0, middle.y + 100.0
    box = {
        "left": (middle.x + LARGE.edge / 2, y, x, y + 50),
        "top": (x, middle.y + LARGE.edge / 2, x + 50, y),
        "right": (x, y, middle.x + middle.width - LARGE.edge / 2, y + 50),
        "bottom": (x, y, x + 50, middle.y + middle.height - LARGE.edge / 2),
    }[side]
    assert _merge({middle: [_seen(box, middle, 0.9)]}) == []


def test_a_large_face_is_left_to_the_whole_picture() -> None:
    middle = LARGE.tiles[4]
    x, y, side = middle.x + 50.0, middle.y + 50.0, LARGEST_FACE * middle.width
    for factor, expected in ((0.99, 1), (1.01, 0)):
        box = (x, y, x + 100, y + factor * side)
        assert len(_merge({middle: [_seen(box, middle, 0.9)]})) == expected
        assert len(_merge({}, whole=[_face(box, 0.9)])) == 1


def test_a_face_that_the_picture_itself_cuts_off_stays() -> None:
    first, last = LARGE.tiles[0], LARGE.tiles[-1]
    corners = {first: (0.0, 0.0, 30.0, 40.0), last: (1890.0, 1040.0, 1920.0, 1080.0)}
    assert len(_merge({tile: [_seen(box, tile, 0.9)] for tile, box in corners.items()})) == 2


def test_landmarks_move_with_their_face() -> None:
    tile = LARGE.tiles[4]
    seen = Detection(box=(100.0, 100.0, 140.0, 150.0), score=0.9, landmarks=((110.0, 120.0),))
    (face,) = _merge({tile: [seen]})
    assert face.landmarks == ((tile.x + 110.0, tile.y + 120.0),)


def test_faces_come_in_falling_score() -> None:
    whole = [_face((900.0, 500.0, 1100.0, 800.0), 0.7)]
    tiles = {LARGE.tiles[0]: [_seen((10.0, 10.0, 40.0, 50.0), LARGE.tiles[0], 0.9)]}
    assert [face.score for face in _merge(tiles, whole=whole)] == [0.9, 0.7]


def test_the_edge_is_counted_in_pixels_of_the_input() -> None:
    assert pytest.approx(EDGE * LARGE.tiles[0].width / INPUT) == LARGE.edge


def test_a_view_is_the_pixels_of_its_tile() -> None:
    picture = np.arange(900 * 1000 * 3, dtype=np.uint32).astype(np.uint8).reshape(900, 1000, 3)
    looks = plan(1000, 900, input_size=INPUT, tiles="auto")
    whole, *views = looks.views(picture)
    assert whole is picture
    assert len(views) == 4
    for tile, view in zip(looks.tiles, views, strict=True):
        assert view.shape == (tile.height, tile.width, 3)
        assert (view == picture[tile.y :, tile.x :][: tile.height, : tile.width]).all()


def _covered(spans: list[tuple[int, int]]) -> int:
    """How far from 0 the spans (start, length) reach without a gap."""
    reached = 0
    for start, length in sorted(spans):
        if start <= reached:
            reached = max(reached, start + length)
    return reached


def _merge(found: dict[Tile, list[Detection]], *, whole: list[Detection] | None = None) -> list[Detection]:
    return _merge_in(LARGE, found, whole or [])


def _merge_in(looks: Plan, found: dict[Tile, list[Detection]], whole: list[Detection]) -> list[Detection]:
    return looks.merge([whole, *(found.get(tile, []) for tile in looks.tiles)], iou=0.5)


def _seen(box: tuple[float, float, float, float], tile: Tile, score: float) -> Detection:
    """A face of the picture as its tile shows it."""
    x1, y1, x2, y2 = box
    return _face((x1 - tile.x, y1 - tile.y, x2 - tile.x, y2 - tile.y), score)


def _face(box: tuple[float, float, float, float], score: float) -> Detection:
    return Detection(box=box, score=score, landmarks=())
