"""Intervals and calibration: small pure functions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Z95 = 1.959964  # the 97.5 % point of the normal distribution


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953); 0..1 without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, square = hits / trials, Z95 * Z95
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    spread = Z95 / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    return max(0.0, centre - spread), min(1.0, centre + spread)


def softmax(logits: Numbers, temperature: float = 1.0) -> Numbers:
    """Probabilities [N, C] of logits [N, C] divided by a temperature."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def negative_log_likelihood(logits: Numbers, labels: NDArray[np.int64], temperature: float = 1.0) -> float:
    """Mean of -log p(label)."""
    chosen = softmax(logits, temperature)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def fit_temperature(logits: Numbers, labels: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood (Guo et al., arXiv:1706.04599), by a fine grid."""
    grid = np.exp(np.linspace(math.log(0.25), math.log(4.0), 161))
    return float(min(grid, key=lambda temperature: negative_log_likelihood(logits, labels, float(temperature))))


def calibration_error(probabilities: Numbers, labels: NDArray[np.int64], bins: int = 10) -> float:
    """Expected calibration error of the top class over equally wide bins, 0..1 (Guo et al.)."""
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.minimum((top * bins).astype(int), bins - 1)
    gaps = [
        (places == place).mean() * abs(float(right[places == place].mean()) - float(top[places == place].mean()))
        for place in range(bins)
        if (places == place).any()
    ]
    return float(sum(gaps))
