"""Intervals, calibration and the uncertainty threshold."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.classifier import choose_uncertainty, class_figures
from training.evaluation.statistics import (
    calibration_error,
    fit_temperature,
    negative_log_likelihood,
    softmax,
    wilson_interval,
)


def test_wilson_agrees_with_the_textbook() -> None:
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson_interval(0, 0) == (0, 1)


def test_a_network_that_is_too_sure_gets_a_temperature_above_one() -> None:
    logits = np.asarray([[4.0, 0, 0]] * 10)
    labels = np.asarray([0] * 6 + [1] * 2 + [2] * 2)
    temperature = fit_temperature(logits, labels)
    assert softmax(logits[:1], temperature)[0, 0] == pytest.approx(0.6, abs=0.02)
    assert negative_log_likelihood(logits, labels, temperature) < negative_log_likelihood(logits, labels)


def test_the_calibration_error_is_the_gap_between_sure_and_right() -> None:
    probabilities = np.asarray([[0.9, 0.05, 0.05]] * 4)
    assert calibration_error(probabilities, np.asarray([0, 0, 1, 1])) == pytest.approx(0.4)


def test_class_figures_of_a_small_table() -> None:
    labels, called = np.asarray([0, 0, 0, 1, 2, 2]), np.asarray([0, 0, 1, 1, 2, 0])
    figures = class_figures(called, labels)
    assert figures["confusion"] == [[2, 1, 0], [0, 1, 0], [1, 0, 1]]
    assert figures["accuracy"]["share"] == pytest.approx(4 / 6)
    assert figures["balanced_accuracy"] == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)
    assert figures["precision"]["no_mask"]["share"] == pytest.approx(2 / 3)


def test_the_threshold_is_the_lowest_that_silences_the_false_alarm() -> None:
    probabilities = np.asarray([[0.9, 0.05, 0.05], [0.62, 0.08, 0.3], [0.1, 0.1, 0.8]])
    assert choose_uncertainty(probabilities, np.asarray([0, 2, 2]), wanted=0.99) == pytest.approx(0.63)


def test_without_such_a_threshold_the_most_precise_one_is_taken() -> None:
    probabilities = np.asarray([[0.95, 0.03, 0.02], [0.95, 0.03, 0.02], [0.5, 0.1, 0.4]])
    chosen = choose_uncertainty(probabilities, np.asarray([0, 2, 2]), wanted=0.99)
    assert chosen == pytest.approx(0.51)


def test_a_class_without_a_face_does_not_lower_the_balanced_accuracy() -> None:
    labels = np.asarray([0, 0, 2, 2])
    assert class_figures(np.asarray([0, 2, 2, 2]), labels)["balanced_accuracy"] == pytest.approx((1 / 2 + 1) / 2)
    assert class_figures(labels[:0], labels[:0])["balanced_accuracy"] == 0
