"""Texts for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import console
from common.domain.prediction import Label
from console.texts import ENGLISH, label_text, span_text, t


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (3.4, "3 s"), (119, "119 s"), (121, "2 min"), (7300, "2 h"), (432_000, "5 days")],
)
def test_spans_read_as_a_person_says_them(seconds: float, text: str) -> None:
    assert span_text(seconds) == text


def test_a_wrongly_worn_mask_says_what_is_uncovered() -> None:
    assert label_text(Label.MASK_INCORRECT, ("NOSE", "MOUTH")) == "Worn wrongly: nose, mouth"
    assert label_text(Label.NO_MASK, ("NOSE",)) == "No mask"


def test_every_text_that_is_asked_for_exists() -> None:
    folder = Path(console.__file__).parent
    asked = {key for file in folder.rglob("*.py") for key in re.findall(r'\bt\("([^"]+)"', file.read_text())}
    assert asked
    assert asked - set(ENGLISH) == set()


def test_values_are_filled_in() -> None:
    said = t("headroom.none", limit="the analyzer", capacity=2.0, wanted=3.5)
    assert said == "No camera can be added; the limit is the analyzer: 2 shots/s, 3.5 are wanted."
