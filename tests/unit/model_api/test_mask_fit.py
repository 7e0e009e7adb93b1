"""Coverage to a verdict: what is uncovered, and what that does to the classifier's certainty."""

from __future__ import annotations

import pytest

from common.domain.prediction import Label
from model_api.fit import Fit, combine, judge, uncovered_by
from model_api.fit_rules import Worn, load_fit_rules
from model_api.mask_classifier import Verdict
from model_api.regions import Part

RULES = load_fit_rules()
BARE, WRONG, RIGHT, UNSURE = Label.NO_MASK, Label.MASK_INCORRECT, Label.MASK_CORRECT, Label.UNCERTAIN


def fit(worn: Worn) -> Fit:
    return Fit(uncovered=(), worn=worn, covered=dict.fromkeys(Part, 1.0), mask_share=0.3)


def verdict(label: Label, bare: float, wrong: float, right: float) -> Verdict:
    return Verdict(label=label, probabilities={"no_mask": bare, "mask_incorrect": wrong, "mask_correct": right})


@pytest.mark.parametrize(
    ("given", "worn", "doubt", "label", "top"),
    [
        (verdict(RIGHT, 0.01, 0.01, 0.98), Worn.PROPERLY, 2.0, RIGHT, 0.98),  # they agree: nothing changes
        (verdict(UNSURE, 0.1, 0.4, 0.5), Worn.PROPERLY, 2.0, UNSURE, 0.5),
        (verdict(RIGHT, 0.01, 0.01, 0.98), Worn.WRONGLY, 2.0, RIGHT, 0.832),  # less certain, and certain enough
        (verdict(RIGHT, 0.05, 0.25, 0.7), Worn.WRONGLY, 2.0, UNSURE, 0.536),
        (verdict(BARE, 0.8, 0.1, 0.1), Worn.WRONGLY, 2.0, UNSURE, 0.586),
        (verdict(BARE, 0.8, 0.1, 0.1), Worn.NOT, 2.0, BARE, 0.8),
        (verdict(WRONG, 0.01, 0.98, 0.01), Worn.NOT, 4.0, UNSURE, 0.611),  # the more doubt, the less is left
        (verdict(RIGHT, 0.05, 0.25, 0.7), Worn.NOT, 1.0, RIGHT, 0.7),  # no doubt: the rules change nothing
    ],
)
def test_disagreement_lowers_the_certainty(given: Verdict, worn: Worn, doubt: float, label: Label, top: float) -> None:
    both = combine(given, fit(worn), doubt=doubt, uncertain_below=0.62)
    assert both.label is label
    assert max(both.probabilities.values()) == pytest.approx(top, abs=0.001)
    assert sum(both.probabilities.values()) == pytest.approx(1)
    assert max(both.probabilities, key=both.probabilities.__getitem__) == max(
        given.probabilities, key=given.probabilities.__getitem__
    )


def test_an_uncertain_verdict_never_becomes_certain() -> None:
    both = combine(verdict(UNSURE, 0.3, 0.3, 0.4), fit(Worn.WRONGLY), doubt=2.0, uncertain_below=0.1)
    assert both.label is UNSURE


def test_without_a_fit_the_verdict_stays() -> None:
    given = verdict(RIGHT, 0.05, 0.25, 0.7)
    assert combine(given, None, doubt=9.0, uncertain_below=0.62) is given


@pytest.mark.parametrize(
    ("nose", "mouth", "chin", "mask_share", "uncovered", "worn"),
    [
        (1.0, 1.0, 1.0, 0.3, (), Worn.PROPERLY),
        (0.0, 1.0, 1.0, 0.3, ("NOSE",), Worn.WRONGLY),
        (0.0, 0.0, 1.0, 0.2, ("NOSE", "MOUTH"), Worn.WRONGLY),
        (0.0, 0.0, 0.0, 0.0, ("NOSE", "MOUTH", "CHIN"), Worn.NOT),
        (0.0, 0.0, 0.0, 0.2, ("NOSE", "MOUTH", "CHIN"), Worn.WRONGLY),  # a mask hangs below the chin
        (1.0, 1.0, 0.0, 0.2, ("CHIN",), Worn.PROPERLY),
    ],
)
def test_coverage_is_judged_by_the_rules(
    nose: float, mouth: float, chin: float, mask_share: float, uncovered: tuple[str, ...], worn: Worn
) -> None:
    found = judge({Part.NOSE: nose, Part.MOUTH: mouth, Part.CHIN: chin}, mask_share, RULES)
    assert found.uncovered == uncovered
    assert found.worn is worn


def test_a_label_alone_implies_what_its_definition_says() -> None:
    assert uncovered_by(BARE) == ("NOSE", "MOUTH", "CHIN")
    assert uncovered_by(WRONG) == ("NOSE",)
    assert uncovered_by(RIGHT) == uncovered_by(UNSURE) == ()
