"""Adding, changing and removing rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog

from common.domain.rule import Rule
from common.domain.user import Reach
from common.ports.repository import Unit
from console.context import Console
from console.errors import FieldError, InvalidForm
from console.forms import validate
from console.reach import EVERYWHERE, check_named, check_own
from console.rule_form import RuleForm, rule_fields

log = structlog.get_logger(__name__)


def add_rule(console: Console, form: RuleForm, *, reach: Reach = EVERYWHERE) -> Rule:
    """Add a rule; the analyzer finds it by itself. Raises Conflict for a name in use, InvalidForm, NotAllowed."""
    rule = form.to_rule(rule_id=console.new_id())
    with console.repository.begin() as unit:
        check_named(unit, reach, rule)
        check_cameras(unit, rule.cameras)
        unit.rules.add(rule)
    log.info("rule.added", rule_id=rule.id, rule=rule.name)
    return rule


def change_rule(console: Console, rule_id: str, patch: dict[str, Any], *, reach: Reach = EVERYWHERE) -> Rule:
    """Change the fields named in `patch`. Raises NotFound, Conflict, InvalidForm, NotAllowed."""
    with console.repository.begin() as unit:
        old = unit.rules.get(rule_id)
        check_own(unit, reach, old)
        rule = validate(RuleForm, rule_fields(old) | patch).to_rule(rule_id=rule_id)
        check_named(unit, reach, rule)
        if "cameras" in patch:
            check_cameras(unit, rule.cameras)
        unit.rules.update(rule)
    log.info("rule.changed", rule_id=rule.id, fields=sorted(patch))
    return rule


def remove_rule(console: Console, rule_id: str, *, reach: Reach = EVERYWHERE) -> None:
    """Forget a rule. Raises NotFound, NotAllowed."""
    with console.repository.begin() as unit:
        check_own(unit, reach, unit.rules.get(rule_id))
        unit.rules.remove(rule_id)
    log.info("rule.removed", rule_id=rule_id)


def check_cameras(unit: Unit, camera_ids: Iterable[str]) -> None:
    """Raise InvalidForm where there is no such camera."""
    known = {camera.id for camera in unit.cameras.list()}
    unknown = [camera_id for camera_id in camera_ids if camera_id not in known]
    if unknown:
        raise InvalidForm([FieldError(field="cameras", message=f"there is no camera {', '.join(unknown)}")])
