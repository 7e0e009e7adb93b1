"""Who can never be called what a rule looks for need not be followed: the vote itself is asked."""

from __future__ import annotations

import math
from dataclasses import asdict

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pictures import make_face

from analyzer.backtest.plausible import NEEDED, gain, lead
from analyzer.sightings.votes import NOTHING, add, call
from common.domain.prediction import CLASSES, Face, Label

UNIT = st.floats(0.001, 1)


@st.composite
def faces(draw: st.DrawFn) -> Face:
    if draw(st.booleans()):
        return Face(
            box=(0, 0, 30, 30), score=0.9, landmarks=(), label=draw(st.sampled_from([*Label])), probabilities={}
        )
    parts = draw(st.tuples(UNIT, UNIT, UNIT))
    shares = {label.value: part / sum(parts) for label, part in zip(CLASSES, parts, strict=True)}
    size = draw(st.floats(5, 80))
    label = draw(st.sampled_from([*Label]))
    return Face(box=(0, 0, size, size), score=0.9, landmarks=(), label=label, probabilities=shares)


@given(st.sampled_from(CLASSES), st.lists(faces(), max_size=30), st.lists(faces(), max_size=30))
def test_nobody_is_called_what_their_faces_gain_too_little_for(
    label: Label, before: list[Face], seen: list[Face]
) -> None:
    evidence, said = NOTHING, Label.UNCERTAIN
    for shots, face in enumerate(before, start=1):
        evidence = add(evidence, face)
        said = call(evidence, shots, said)
    assume(said is not label)
    most = max(0.0, lead(label, evidence))
    for shots, face in enumerate(seen, start=len(before) + 1):
        evidence = add(evidence, face)
        said = call(evidence, shots, said)
        most += gain(label, [asdict(face)])
        assert most >= NEEDED or said is not label
        assert lead(label, evidence) <= most + 1e-6


@pytest.mark.parametrize("label", CLASSES)
def test_two_clear_faces_gain_enough_for_what_they_are_and_for_nothing_else(label: Label) -> None:
    shown = [asdict(make_face(label))]
    assert [each for each in CLASSES if 2 * gain(each, shown) >= NEEDED] == [label]
    assert gain(label, [asdict(make_face(other)) for other in CLASSES if other is not label]) == 0


def test_the_face_that_helps_most_counts() -> None:
    bare, masked = asdict(make_face(Label.NO_MASK)), asdict(make_face(Label.MASK_CORRECT))
    assert gain(Label.NO_MASK, [masked, bare, masked]) == gain(Label.NO_MASK, [bare])
    assert gain(Label.NO_MASK, []) == 0


def test_anybody_may_be_uncertain() -> None:
    assert gain(Label.UNCERTAIN, [asdict(make_face(Label.MASK_CORRECT))]) == math.inf
    assert gain(Label.UNCERTAIN, []) == 0
    assert lead(Label.UNCERTAIN, NOTHING) == math.inf
