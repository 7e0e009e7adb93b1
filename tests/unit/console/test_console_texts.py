"""Texts for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import console
from common.domain.prediction import Label
from console.texts import ENGLISH, age_text, label_text, t


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s ago"),
        (3.4, "3 s ago"),
        (119, "119 s ago"),
        (121, "2 min ago"),
        (7300, "2 h ago"),
        (432_000, "5 days ago"),
    ],
)
def test_ages_read_as_a_person_says_them(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


def test_a_wrongly_worn_mask_says_what_is_uncovered() -> None:
    assert label_text(Label.MASK_INCORRECT, ("NOSE", "MOUTH")) == "Worn wrongly: nose, mouth"
    assert label_text(Label.NO_MASK, ("NOSE",)) == "No mask"


def test_every_text_that_is_asked_for_exists() -> None:
    folder = Path(console.__file__).parent
    asked = {key for file in folder.rglob("*.py") for key in re.findall(r'\bt\("([^"]+)"', file.read_text())}
    assert asked
    assert asked - set(ENGLISH) == set()


def test_values_are_filled_in() -> None:
    assert t("wall.summary", live=1, watched=2) == "1 of 2 cameras live"
