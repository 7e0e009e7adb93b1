"""The rule of a new installation: it alerts from the first camera on, without being configured."""

from __future__ import annotations

from common.domain.prediction import Label
from common.domain.rule import Condition, Rule
from common.ports.clock import NewId, new_id
from common.ports.repository import Repository


def default_rule(new_id: NewId = new_id) -> Rule:
    """Anybody without a mask for 4 s, on every camera."""
    return Rule(
        id=new_id(),
        name="Without a mask",
        condition=Condition(label=Label.NO_MASK, count_at_least=1),
        for_seconds=4.0,
        keep_firing_seconds=4.0,
    )


def ensure_default_rule(repository: Repository, *, new_id: NewId = new_id) -> bool:
    """Add the default rule where there is no rule at all; whether it was added."""
    with repository.begin() as unit:
        if unit.rules.list():
            return False
        unit.rules.add(default_rule(new_id))
    return True
