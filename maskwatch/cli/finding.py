"""What a name or id on the command line means."""

from __future__ import annotations

from common.domain.rule import Rule
from common.errors import InvalidInput
from common.ports.repository import Repository


def find_rule(repository: Repository, name_or_id: str) -> Rule:
    """The rule of this name or id. Raises InvalidInput naming the ones there are."""
    with repository.begin() as unit:
        rules = unit.rules.list()
    for rule in rules:
        if name_or_id in (rule.id, rule.name):
            return rule
    there = ", ".join(rule.name for rule in rules) or "none yet"
    raise InvalidInput(f"there is no rule {name_or_id!r}; there are: {there}")
