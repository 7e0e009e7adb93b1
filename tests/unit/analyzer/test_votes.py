"""What several pictures say together; a face is 40 x 50 pixels unless said otherwise."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import BARE, MASKED, UNSURE, WRONG

from analyzer.sightings.votes import MOST_EVIDENCE, NOTHING, add, call
from common.domain.prediction import CLASSES, Face

SHARES = st.tuples(*[st.floats(0.001, 1)] * 3).map(lambda odds: tuple(each / sum(odds) for each in odds))


def face(*shares, side=40.0):
    named = {label.value: share for label, share in zip(CLASSES, shares, strict=True)}
    return Face(box=(0, 0, side, side * 1.25), score=0.9, landmarks=(), label=UNSURE, probabilities=named)


def vote(*pictures):
    """What is said after each picture."""
    evidence, label, said = NOTHING, UNSURE, []
    for shots, each in enumerate(pictures, start=1):
        evidence = add(evidence, each)
        label = call(evidence, shots, label)
        said.append(label)
    return said


CLEAR, DOUBTFUL, COVERED = face(0.95, 0.03, 0.02), face(0.5, 0.3, 0.2), face(0.02, 0.03, 0.95)


def test_a_clear_picture_and_another_are_enough():
    assert vote(CLEAR, CLEAR) == [UNSURE, BARE]


def test_one_is_only_where_it_is_very_sure():
    assert vote(face(0.999, 0.0005, 0.0005)) == [BARE]
    assert vote(face(0.9, 0.05, 0.05)) == [UNSURE]


def test_doubtful_pictures_need_to_be_more():
    assert vote(*[DOUBTFUL] * 2)[-1] is UNSURE
    assert vote(*[DOUBTFUL] * 8)[-1] is BARE


def test_one_picture_that_says_otherwise_changes_nothing():
    assert vote(CLEAR, CLEAR, CLEAR, COVERED, CLEAR) == [UNSURE, BARE, BARE, BARE, BARE]


def test_who_puts_the_mask_on_after_an_hour_is_masked_some_pictures_later():
    *_, last = vote(*[CLEAR] * 500, *[COVERED] * 4)
    assert last is MASKED


def test_small_faces_say_little_and_the_smallest_nothing():
    assert vote(*[face(0.95, 0.03, 0.02, side=11)] * 2)[-1] is UNSURE
    assert add(NOTHING, face(0.95, 0.03, 0.02, side=7)) == NOTHING


@given(st.lists(SHARES, min_size=1, max_size=4))
def test_pictures_count_alike_in_any_order_as_long_as_they_are_not_too_many(shares):
    gentle = [face(*(0.25 + each / 4 for each in those)) for those in shares]  # far from the bound of the evidence
    sums = []
    for order in permutations(gentle):
        evidence = NOTHING
        for each in order:
            evidence = add(evidence, each)
        sums.append(evidence)
    assert all(each == pytest.approx(sums[0], abs=1e-9) for each in sums)


@given(st.lists(SHARES, max_size=30))
def test_evidence_is_bounded_and_what_is_said_has_grounds(shares):
    evidence, label = NOTHING, UNSURE
    for shots, those in enumerate(shares, start=1):
        evidence = add(evidence, face(*those))
        label = call(evidence, shots, label)
        assert max(evidence) == 0.0
        assert min(evidence) >= -MOST_EVIDENCE
        if label is not UNSURE:
            assert evidence[CLASSES.index(label)] > -1.0  # never the unlikelier by far


def test_a_share_of_nothing_is_no_certainty():
    certain_of_two = vote(face(1, 0, 0), face(1, 0, 0))
    assert certain_of_two[-1] is BARE
    assert vote(face(1, 0, 0), face(0, 1, 0))[-1] is not WRONG
