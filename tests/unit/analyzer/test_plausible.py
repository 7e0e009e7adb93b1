"""Who can never be called what a rule looks for need not be followed: the vote itself is asked."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pictures import make_face

from analyzer.backtest.plausible import is_plausible
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


@given(st.sampled_from(CLASSES), st.lists(faces(), max_size=30))
def test_nobody_is_called_what_none_of_their_faces_makes_plausible(label: Label, seen: list[Face]) -> None:
    implausible = [face for face in seen if not is_plausible(label, [asdict(face)])]
    assume(implausible)
    evidence, said = NOTHING, Label.UNCERTAIN
    for shots, face in enumerate(implausible, start=1):
        evidence = add(evidence, face)
        said = call(evidence, shots, said)
        assert said is not label


@pytest.mark.parametrize("label", CLASSES)
def test_a_face_that_surely_is_something_makes_that_plausible_and_nothing_else(label: Label) -> None:
    shown = [asdict(make_face(label))]
    assert [each for each in CLASSES if is_plausible(each, shown)] == [label]


def test_anybody_may_be_uncertain() -> None:
    assert is_plausible(Label.UNCERTAIN, [asdict(make_face(Label.MASK_CORRECT))])
    assert not is_plausible(Label.UNCERTAIN, [])
