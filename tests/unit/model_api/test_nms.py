"""Of boxes that cover each other, the best stays."""

from __future__ import annotations

import numpy as np

from model_api.nms import suppress


def _kept(boxes: list[list[float]], scores: list[float], iou: float = 0.5) -> list[int]:
    return suppress(np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(scores, np.float32), iou=iou).tolist()


def test_nothing_in_nothing_out() -> None:
    assert _kept([], []) == []


def test_the_best_of_overlapping_boxes_stays_in_falling_score() -> None:
    boxes = [[0, 0, 10, 10], [100, 0, 110, 10], [1, 0, 11, 10], [0, 1, 10, 11]]
    assert _kept(boxes, [0.6, 0.95, 0.9, 0.7]) == [1, 2]


def test_a_box_that_overlaps_only_a_suppressed_one_stays() -> None:
    boxes = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]
    assert _kept(boxes, [0.9, 0.8, 0.7], iou=0.4) == [0, 2]


def test_an_overlap_of_exactly_the_limit_stays() -> None:
    assert _kept([[0, 0, 10, 10], [0, 0, 10, 5]], [0.9, 0.8], iou=0.5) == [0, 1]


def test_empty_boxes_suppress_nothing() -> None:
    assert _kept([[5, 5, 5, 5], [5, 5, 5, 5]], [0.9, 0.8]) == [0, 1]


def test_it_agrees_with_the_definition_on_random_boxes() -> None:
    random = np.random.default_rng(3)
    corners = random.uniform(0, 80, (150, 2))
    boxes = np.concatenate([corners, corners + random.uniform(5, 40, (150, 2))], axis=1).astype(np.float32)
    scores = random.permutation(150).astype(np.float32)
    kept: list[int] = []
    for index in np.argsort(-scores):
        if all(_iou(boxes[index], boxes[other]) <= 0.45 for other in kept):
            kept.append(int(index))
    assert suppress(boxes, scores, iou=0.45).tolist() == kept


def _iou(first: np.ndarray, second: np.ndarray) -> float:  # type: ignore[type-arg]
    low, high = np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])
    common = float(np.prod(np.clip(high - low, 0, None)))
    return common / float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2]) - common)
