"""The rules of a new installation: it alerts from the first camera on, without being configured."""

from __future__ import annotations

from common.domain.prediction import Label
from common.domain.rule import Condition, Rule, Trouble
from common.ports.clock import NewId, new_id
from common.ports.repository import Repository


def default_rules(new_id: NewId = new_id) -> list[Rule]:
    """Anybody without a mask for 4 s, and no picture for a minute, on every camera."""
    without = Rule(
        id=new_id(),
        name="Without a mask",
        condition=Condition(label=Label.NO_MASK, count_at_least=1),
        for_seconds=4.0,
        keep_firing_seconds=4.0,
    )
    down = Rule(
        id=new_id(),
        name="Camera down",
        condition=Condition(trouble=Trouble.CAMERA_DOWN, seconds_above=60.0),
        for_seconds=0.0,
    )
    return [without, down]


def ensure_default_rules(repository: Repository, *, new_id: NewId = new_id) -> bool:
    """Add the default rules where there is no rule at all; whether they were added."""
    with repository.begin() as unit:
        if unit.rules.list():
            return False
        for rule in default_rules(new_id):
            unit.rules.add(rule)
    return True
