"""A person's sightings -> how the mask is worn, on the whole."""

from __future__ import annotations

from collections.abc import Sequence

from common.domain.prediction import CLASSES, Label
from model_api.moderation.tracker import Sighting

CERTAIN = 0.62  # share of the likeliest class below which the vote is no answer; the classifier's own, of one face


def vote(sightings: Sequence[Sighting]) -> tuple[Label, dict[str, float]]:
    """The label, and the shares of the classes.

    Shares are averaged, each sighting by the detector's score: multiplied, as if frames were independent, ten blurred
    ones of the same head would make a certainty. Who takes the mask off half-way is uncertain; the segments tell.
    """
    weights = [max(sighting.score, 1e-6) for sighting in sightings]
    total = sum(weights)
    shares = {
        label.value: sum(weight * each.probabilities[place] for weight, each in zip(weights, sightings, strict=True))
        / total
        for place, label in enumerate(CLASSES)
    }
    likeliest = max(CLASSES, key=lambda label: shares[label.value])
    return (likeliest if shares[likeliest.value] >= CERTAIN else Label.UNCERTAIN), shares
