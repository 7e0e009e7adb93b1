"""Whether a zone's corners make a polygon: an area with a border that never meets itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from common.domain.camera import Point

SMALLEST_AREA = 1e-4  # of the picture: a hundredth of its width by a hundredth of its height
Side = tuple[Point, Point]


def fault_of(polygon: Sequence[Point]) -> str | None:
    """What is wrong with it, as the end of a sentence that begins with its name; None: nothing."""
    if len(polygon) < 3:
        return "has fewer than three corners"
    if len(set(polygon)) < len(polygon):
        return "has two corners on one spot"
    sides = list(zip(polygon, (*polygon[1:], *polygon[:1]), strict=True))
    for (number, one), (other_number, other) in combinations(enumerate(sides, 1), 2):
        if _meet(one, other):
            return f"crosses itself: its sides {number} and {other_number} meet"
    if abs(_signed_area(sides)) < SMALLEST_AREA:
        return "is too thin: it encloses next to nothing"
    return None


def _meet(one: Side, other: Side) -> bool:
    """Whether two sides meet; neighbours, which share a corner, elsewhere than there."""
    shared = set(one) & set(other)
    if shared:
        (corner,), (left,), (right,) = shared, set(one) - shared, set(other) - shared
        return _turn(left, corner, right) == 0 and not _is_within((left, right), corner)  # runs back along the other
    turns = [_turn(*one, point) for point in other] + [_turn(*other, point) for point in one]
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    touching = zip(turns, (one, one, other, other), (*other, *one), strict=True)
    return any(turn == 0 and _is_within(side, point) for turn, side, point in touching)


def _turn(start: Point, end: Point, point: Point) -> float:
    """Above 0 where `point` lies on one hand of the line from `start` to `end`, below on the other, 0 on it."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def _is_within(side: Side, point: Point) -> bool:
    """Whether a point of the side's line lies between its ends."""
    (x1, y1), (x2, y2) = side
    return min(x1, x2) <= point[0] <= max(x1, x2) and min(y1, y2) <= point[1] <= max(y1, y2)


def _signed_area(sides: Sequence[Side]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in sides) / 2
