"""The rules' file: whole, readable, and refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.domain.prediction import Label
from common.errors import InvalidInput
from model_api.fit_rules import PACKAGED_RULES, FitRules, Worn, every_case, load_fit_rules
from model_api.regions import Part

Change = Callable[[dict[str, Any]], object]
NOSE, MOUTH, CHIN = Part.NOSE, Part.MOUTH, Part.CHIN


def edited(folder: Path, change: Change) -> Path:
    content = json.loads(PACKAGED_RULES.read_text(encoding="utf-8"))
    change(content)
    path = folder / "rules.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("uncovered", "mask_share", "worn"),
    [
        ((), 0.3, Worn.PROPERLY),
        ((CHIN,), 0.3, Worn.PROPERLY),
        ((NOSE,), 0.3, Worn.WRONGLY),
        ((NOSE, MOUTH), 0.2, Worn.WRONGLY),
        ((NOSE, MOUTH, CHIN), 0.2, Worn.WRONGLY),
        ((NOSE, MOUTH, CHIN), 0.0, Worn.NOT),
    ],
)
def test_the_packaged_rules_say_what_people_say(uncovered: tuple[Part, ...], mask_share: float, worn: Worn) -> None:
    assert load_fit_rules().judge(uncovered, mask_share=mask_share) is worn


def test_worn_has_the_classifiers_words() -> None:
    assert [worn.label for worn in Worn] == [Label.MASK_CORRECT, Label.MASK_INCORRECT, Label.NO_MASK]


def test_what_is_covered_too_little_is_uncovered_from_above() -> None:
    rules = load_fit_rules()
    from_ = rules.covered_from
    assert rules.uncovered({part: from_[part] for part in Part}) == ()
    assert rules.uncovered({CHIN: 0.0, MOUTH: 1.0, NOSE: from_[NOSE] - 0.01}) == (NOSE, CHIN)


def test_every_case_is_spoken_of() -> None:
    cases = every_case()
    assert len(cases) == len(set(cases)) == 16


def test_an_operator_may_be_stricter(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda content: content["rules"][1].update(worn="wrongly"))
    assert load_fit_rules(path).judge((CHIN,), mask_share=0.3) is Worn.WRONGLY
    assert load_fit_rules(path).judge((), mask_share=0.3) is Worn.PROPERLY


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda content: content["rules"].pop(0), "no rules speak of nothing uncovered, a mask seen"),
        (lambda content: content["rules"].append(content["rules"][2]), "2 rules speak of NOSE uncovered"),
        (lambda content: content["rules"][-1].pop("mask_seen"), "2 rules speak of NOSE, MOUTH, CHIN uncovered, a mask"),
        (lambda content: content["rules"][2].update(uncovered=["EAR"]), "rules.2.uncovered"),
        (lambda content: content["rules"][0].update(worn="somehow"), "rules.0.worn"),
        (lambda content: content["rules"][0].update(wron="not"), "rules.0.wron"),
        (lambda content: content["covered_from"].pop("CHIN"), "covered_from lacks CHIN"),
        (lambda content: content["covered_from"].update(NOSE=50), "covered_from.NOSE"),
        (lambda content: content.update(doubt=0.5), "doubt"),
        (lambda content: content.pop("smallest_face"), "smallest_face"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, change: Change, told: str) -> None:
    path = edited(tmp_path, change)
    with pytest.raises(InvalidInput) as caught:
        load_fit_rules(path)
    sentence = str(caught.value)
    assert told in sentence
    assert str(path) in sentence
    assert "\n" not in sentence


def test_a_file_that_is_no_json_or_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.json cannot be read"):
        load_fit_rules(tmp_path / "none.json")
    (tmp_path / "half.json").write_text('{"rules": [', encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"half\.json: Invalid JSON"):
        load_fit_rules(tmp_path / "half.json")


def test_rules_do_not_change_once_read() -> None:
    rules = load_fit_rules()
    with pytest.raises(ValueError, match="frozen"):
        rules.doubt = 1.0  # type: ignore[misc]
    assert isinstance(rules, FitRules)
