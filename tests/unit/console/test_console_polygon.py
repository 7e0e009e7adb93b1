"""Which corners make a zone."""

from __future__ import annotations

import pytest

from console.polygon import fault_of

SQUARE = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
ARROW = [(0.0, 0.0), (1.0, 0.5), (0.0, 1.0), (0.3, 0.5)]  # concave


@pytest.mark.parametrize(
    "polygon", [SQUARE, SQUARE[::-1], SQUARE[:3], ARROW, [(0.1, 0.1), (0.5, 0.1), (0.9, 0.1), (0.5, 0.9)]]
)
def test_simple_polygons_are_taken(polygon: list[tuple[float, float]]) -> None:
    assert fault_of(polygon) is None


@pytest.mark.parametrize(
    ("polygon", "words"),
    [
        (SQUARE[:2], "has fewer than three corners"),
        ([*SQUARE, SQUARE[0]], "has two corners on one spot"),
        ([(0, 0), (1, 1), (1, 0), (0, 1)], "crosses itself: its sides 1 and 3 meet"),
        ([(0, 0), (1, 0), (1, 1), (0.5, 0), (0, 1)], "crosses itself: its sides 1 and 3 meet"),  # touches
        ([(0, 0), (1, 0), (0.5, 0), (0.5, 1)], "crosses itself: its sides 1 and 2 meet"),  # runs back
        ([(0, 0), (0.4, 0), (0.4, 0.0001)], "is too thin: it encloses next to nothing"),
    ],
)
def test_what_is_wrong_is_said(polygon: list[tuple[float, float]], words: str) -> None:
    assert fault_of(polygon) == words
    assert fault_of([(y, x) for x, y in polygon]) == words
