"""How labels, and above all doubt, are told in protocols that have fewer words."""

from __future__ import annotations

import pytest

from common.domain.prediction import Face, Label
from model_api.routes.paddlehub import two_way
from model_api.routes.ucloud import most_likely


def _face(label: Label, *shares: float) -> Face:
    probabilities = dict(zip(("no_mask", "mask_incorrect", "mask_correct"), shares, strict=True))
    return Face(box=(0, 0, 1, 1), score=1.0, landmarks=(), label=label, probabilities=probabilities)


@pytest.mark.parametrize(
    ("shares", "likeliest"),
    [
        ((0.5, 0.2, 0.3), Label.NO_MASK),
        ((0.2, 0.5, 0.3), Label.MASK_INCORRECT),
        ((0.2, 0.3, 0.5), Label.MASK_CORRECT),
    ],
)
def test_ucloud_knows_no_doubt(shares: tuple[float, float, float], likeliest: Label) -> None:
    assert most_likely(_face(Label.UNCERTAIN, *shares)) is likeliest


@pytest.mark.parametrize("label", [Label.NO_MASK, Label.MASK_INCORRECT, Label.MASK_CORRECT])
def test_ucloud_is_told_the_label_where_there_is_one(label: Label) -> None:
    assert most_likely(_face(label, 0.4, 0.3, 0.3)) is label


@pytest.mark.parametrize(
    ("face", "told"),
    [
        pytest.param(_face(Label.NO_MASK, 0.7, 0.2, 0.1), ("NO MASK", 0.9), id="bare"),
        pytest.param(_face(Label.MASK_INCORRECT, 0.1, 0.7, 0.2), ("NO MASK", 0.8), id="worn wrongly"),
        pytest.param(_face(Label.MASK_CORRECT, 0.1, 0.2, 0.7), ("MASK", 0.7), id="worn properly"),
        pytest.param(_face(Label.UNCERTAIN, 0.25, 0.35, 0.4), ("NO MASK", 0.6), id="doubt, likelier not properly"),
        pytest.param(_face(Label.UNCERTAIN, 0.3, 0.15, 0.55), ("MASK", 0.55), id="doubt, likelier properly"),
    ],
)
def test_paddlehub_knows_two_words(face: Face, told: tuple[str, float]) -> None:
    assert two_way(face) == told
