"""The scene's truth, and that the pictures show it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from common.domain.prediction import Label
from maskwatch.simulation.scene import Scene
from maskwatch.simulation.stage import Stage
from maskwatch.simulation.timeline import CYCLE_SECONDS, HEIGHT, WIDTH

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SCENE = Scene(started_at=STARTED)


def labels(seconds: float) -> list[Label]:
    return sorted(face.label for face in SCENE.truth(seconds) if face.visible > 0.99)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0, []),
        (3.5, [Label.MASK_CORRECT]),
        (8.0, [Label.MASK_CORRECT, Label.NO_MASK]),
        (14.0, [Label.NO_MASK]),
        (23.0, [Label.MASK_CORRECT]),
        (32.0, [Label.MASK_INCORRECT]),
        (41.0, [Label.MASK_CORRECT, Label.MASK_CORRECT]),
        (48.0, []),
    ],
)
def test_the_truth_is_known_for_every_part_of_the_cycle(seconds: float, expected: list[Label]) -> None:
    assert labels(seconds) == expected


def test_somebody_without_a_mask_is_seen_whole_from_second_6_to_17_and_then_no_more() -> None:
    assert all(Label.NO_MASK in labels(second) for second in range(6, 17))
    assert not any(Label.NO_MASK in labels(second) for second in range(19, 50))


def test_the_truth_repeats_with_every_cycle_and_follows_the_wall_clock() -> None:
    at = STARTED + timedelta(seconds=3 * CYCLE_SECONDS + 9)
    assert SCENE.truth(at) == SCENE.truth(9.0)


def test_an_offset_moves_the_cycle() -> None:
    assert Scene(started_at=STARTED, offset_seconds=7).truth(1.0) == SCENE.truth(8.0)


def test_faces_lie_inside_the_picture_and_are_large_enough_to_be_found() -> None:
    for tenth in range(500):
        for face in SCENE.truth(tenth / 10):
            x1, y1, x2, y2 = face.box
            assert 0 <= x1 < x2 <= WIDTH
            assert 0 <= y1 < y2 <= HEIGHT
            assert 70 <= y2 - y1 <= 200


def test_faces_are_rarely_cut_by_the_border() -> None:
    seen = [face.visible for tenth in range(500) for face in SCENE.truth(tenth / 10)]
    assert sum(visible < 0.99 for visible in seen) < 0.1 * len(seen)


def test_the_picture_changes_where_the_truth_says_that_somebody_stands() -> None:
    stage = Stage(SCENE)
    empty, peopled = stage.picture(48.0), stage.picture(14.0)
    (face,) = SCENE.truth(14.0)
    x1, y1, x2, y2 = (round(edge) for edge in face.box)
    difference = np.abs(peopled[:HEIGHT].astype(int) - empty[:HEIGHT])
    assert peopled.shape == (HEIGHT * 3 // 2, WIDTH)
    assert difference[y1:y2, x1:x2].mean() > 20
    assert difference[:100].mean() < 3  # nobody reaches up there: only the sensor's noise differs
