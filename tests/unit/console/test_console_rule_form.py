"""A rule's JSON."""

from __future__ import annotations

from typing import Any

import pytest

from common.domain.prediction import Label
from common.domain.rule import Condition
from console.errors import InvalidForm
from console.forms import validate
from console.rule_form import RuleForm, rule_fields


def build(condition: dict[str, Any], **fields: Any) -> RuleForm:
    return validate(RuleForm, {"name": "No masks", "condition": condition, **fields})


def test_a_count_becomes_a_bound() -> None:
    rule = build({"label": "no_mask", "count": {">=": 3}}).to_rule(rule_id="r1")
    assert rule.condition == Condition(label=Label.NO_MASK, count_at_least=3)


def test_a_share_replaces_the_count() -> None:
    rule = build({"label": "mask_incorrect", "share": {">": 0.2}}).to_rule(rule_id="r1")
    assert rule.condition == Condition(label=Label.MASK_INCORRECT, count_at_least=None, share_above=0.2)


@pytest.mark.parametrize(
    "condition",
    [
        {"label": "no_mask", "count": {">=": 2}},
        {"label": "uncertain", "share": {">": 0.5}},
        {"trouble": "queue_lag", "seconds": {">": 30}},
    ],
)
def test_what_is_answered_can_be_sent_back(condition: dict[str, Any]) -> None:
    tags = [] if "trouble" in condition else ["hall"]
    rule = build(condition, for_seconds=3, tags=tags, repeat_seconds=60, receivers=["Anna"]).to_rule(rule_id="r1")
    fields = rule_fields(rule)
    assert fields["condition"] == condition
    assert validate(RuleForm, fields).to_rule(rule_id="r1") == rule


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ({"label": "no_mask"}, "condition"),
        ({"label": "no_mask", "count": {">=": 1}, "share": {">": 0.1}}, "condition"),
        ({"label": "no_mask", "count": {">=": 0}}, "condition.count.>="),
        ({"label": "no_mask", "count": {">": 1}}, "condition.count.>="),
        ({"label": "no_mask", "share": {">": 1.5}}, "condition.share.>"),
        ({"label": "beard", "count": {">=": 1}}, "condition.label"),
        ({"trouble": "camera_down", "count": {">=": 1}}, "condition"),
        ({"trouble": "fire"}, "condition.trouble"),
    ],
)
def test_a_wrong_condition_names_its_field(condition: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidForm) as caught:
        build(condition)
    assert name in [error.field for error in caught.value.errors]


def test_a_field_of_a_later_version_is_refused_rather_than_ignored() -> None:
    with pytest.raises(InvalidForm, match="colour: is not a known field"):
        build({"label": "no_mask", "count": {">=": 1}}, colour="red")
