"""Rules, on every repository."""

from __future__ import annotations

from dataclasses import replace

import pytest
from repository_values import (
    RULE,
)

from common.domain.rule import Rule
from common.errors import Conflict, NotFound
from common.ports.repository import Repository


class TestRules:
    def test_a_rule_comes_back_as_it_was(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.rules.add(RULE)
            unit.rules.add(Rule(id="plain", name="Plain"))
        with repository.begin() as unit:
            assert unit.rules.get("rule") == RULE
            assert unit.rules.list() == [RULE, Rule(id="plain", name="Plain")]

    def test_rules_change_and_go(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.rules.add(RULE)
            unit.rules.update(replace(RULE, enabled=False))
            assert unit.rules.list(enabled=True) == []
            unit.rules.remove("rule")
            for attempt in (
                lambda: unit.rules.get("rule"),
                lambda: unit.rules.update(RULE),
                lambda: unit.rules.remove("rule"),
            ):
                with pytest.raises(NotFound, match="rule"):
                    attempt()

    def test_a_name_in_use_is_a_conflict(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.rules.add(RULE)
        with pytest.raises(Conflict, match="No mask"), repository.begin() as unit:
            unit.rules.add(replace(RULE, id="other"))
