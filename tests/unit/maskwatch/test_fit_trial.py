"""Figures of a trial of the fit rules, by hand."""

from __future__ import annotations

import pytest

pytest.importorskip("cv2", reason="needs opencv (pip install 'maskwatch[model-api]')")
pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[model-api]')")

from common.domain.prediction import Label
from common.errors import NotFound
from maskwatch.fit_trial import TriedFace, trial_figures
from model_api.fit import judge
from model_api.fit_rules import FitRules, load_fit_rules
from model_api.mask_classifier import Verdict
from model_api.regions import Part

BARE, WRONG, RIGHT = Label.NO_MASK, Label.MASK_INCORRECT, Label.MASK_CORRECT
LOWEST = 0.6  # of a certain verdict's probability


@pytest.fixture
def rules() -> FitRules:
    return load_fit_rules().model_copy(update={"doubt": 2.0})


def tried(label: Label, said: Label, top: float, *, covered: tuple[float, float, float] | None) -> TriedFace:
    """A face; the classifier is this sure, and so much of nose, mouth and chin is covered."""
    shares = {name.value: top if name is said else (1 - top) / 2 for name in (BARE, WRONG, RIGHT)}
    verdict = Verdict(label=said if top >= LOWEST else Label.UNCERTAIN, probabilities=shares)
    fit = judge(dict(zip(Part, covered, strict=True)), max(covered) * 0.3, load_fit_rules()) if covered else None
    return TriedFace(label=label, verdict=verdict, fit=fit)


def test_each_is_counted_by_itself_and_together(rules: FitRules) -> None:
    faces = [
        tried(BARE, BARE, 0.9, covered=(0, 0, 0)),
        tried(RIGHT, RIGHT, 0.9, covered=(1, 1, 1)),
        tried(RIGHT, RIGHT, 0.98, covered=(0, 1, 1)),  # the rules are wrong, the classifier too sure to be moved
        tried(WRONG, RIGHT, 0.7, covered=(0, 1, 1)),  # the classifier is wrong, and becomes uncertain
        tried(RIGHT, BARE, 0.9, covered=None),  # nobody asked the rules
    ]
    figures = trial_figures(faces, rules, uncertain_below=LOWEST)
    assert (figures["faces"], figures["judged"]) == (5, 4)
    assert figures["agreement"] == 0.5
    assert figures["rules"]["accuracy"]["share"] == 0.75
    assert figures["rules"]["confusion"] == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    alone, both = figures["classifier"], figures["both"]
    assert alone["accuracy"]["share"] == both["accuracy"]["share"] == 0.75  # the likeliest class never changes
    assert (alone["uncertain_share"], both["uncertain_share"]) == (0, 0.25)
    assert alone["when_certain"]["accuracy"]["share"] == 0.75
    assert both["when_certain"]["accuracy"] == {"share": 1.0, "interval": pytest.approx((0.438, 1), abs=1e-3), "of": 3}


def test_other_rules_are_tried_on_what_was_seen(rules: FitRules) -> None:
    faces = [tried(WRONG, WRONG, 0.9, covered=(0.45, 1, 1))]
    strict = rules.model_copy(update={"covered_from": {**rules.covered_from, Part.NOSE: 0.5}})
    figures = [trial_figures(faces, given, uncertain_below=LOWEST)["rules"]["accuracy"] for given in (rules, strict)]
    assert [figure["share"] for figure in figures] == [0, 1]


def test_without_a_judged_face_there_is_nothing_to_say(rules: FitRules) -> None:
    with pytest.raises(NotFound, match="no labelled face"):
        trial_figures([tried(BARE, BARE, 0.9, covered=None)], rules, uncertain_below=LOWEST)
