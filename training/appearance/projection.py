"""Directions in which people differ and pictures of one do not: linear discriminants (Fisher 1936; Rao 1948)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

REGULAR = 0.1  # of the mean variance within people, added in every direction: there are fewer faces than are needed
FILMED_SHARE = 0.7  # of what is learned from real videos, against imagined moments of small and of masked faces


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Features [N, D] with who and how they are, and how much they count."""

    features: Matrix
    groups: NDArray[np.str_]
    labels: NDArray[np.str_]
    share: float


@dataclass(frozen=True, kw_only=True)
class Projection:
    """(features - mean) @ directions."""

    mean: Matrix  # [D]
    directions: Matrix  # [D, K], the most telling first

    def apply(self, features: Matrix) -> Matrix:
        """[N, K], of unit length."""
        turned = (features - self.mean) @ self.directions
        return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True))


def learn(samples: Sequence[Sample], *, count: int) -> Projection:
    """The best `count` directions.

    How a mask is worn must not tell people apart, since it changes while they stay: the differences between the
    classes count as differences within people, and people are compared within their class only.
    """
    within = sum(sample.share * (_within(sample.features, sample.groups) + _between(sample)) for sample in samples)
    between = sum(sample.share * np.cov(_centred(sample).T) for sample in samples)
    spread = np.asarray(within)
    spread = spread + REGULAR * np.trace(spread) / len(spread) * np.eye(len(spread))
    root = np.linalg.inv(np.linalg.cholesky(spread))
    _, vectors = np.linalg.eigh(root @ np.asarray(between) @ root.T)
    mean = sum(sample.share * sample.features.mean(axis=0) for sample in samples)
    return Projection(mean=np.asarray(mean), directions=root.T @ vectors[:, ::-1][:, :count])


def separation(projection: Projection, sample: Sample, people: NDArray[np.str_]) -> tuple[float, float]:
    """How often two pictures are more alike than two of different people (the area under the ROC).

    Of one group, and of one person in different groups.
    """
    turned = projection.apply(sample.features)
    alike = turned @ turned.T
    first, second = np.triu_indices(len(turned), 1)
    is_group = sample.groups[first] == sample.groups[second]
    is_person = people[first] == people[second]
    pairs = alike[first, second]
    other = np.sort(pairs[~is_person])
    of_group, of_person = (np.searchsorted(other, pairs[each]) for each in (is_group, is_person & ~is_group))
    return float(of_group.mean() / len(other)), float(of_person.mean() / len(other))


def _within(features: Matrix, groups: NDArray[np.str_]) -> Matrix:
    names, places = np.unique(groups, return_inverse=True)
    counts = np.bincount(places)
    means = np.zeros((len(names), features.shape[1]))
    np.add.at(means, places, features)
    off = features - (means / counts[:, None])[places]
    return np.asarray(off.T @ off / max(1, len(features) - len(names)))


def _centred(sample: Sample) -> Matrix:
    """Each from the mean of its class."""
    classes, places = np.unique(sample.labels, return_inverse=True)
    means = np.stack([sample.features[sample.labels == each].mean(axis=0) for each in classes])
    return np.asarray(sample.features - means[places])


def _between(sample: Sample) -> Matrix:
    """The scatter of the classes' means."""
    means = np.stack([sample.features[sample.labels == each].mean(axis=0) for each in np.unique(sample.labels)])
    off = means - means.mean(axis=0)
    return np.asarray(off.T @ off)
