"""rules"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from console import rules
from console.api.access import Admin, Desk, Viewer
from console.api.parameters import DEFAULT_LIMIT, Cursor, Limit, listing
from console.paging import by_name
from console.rule_form import RuleForm
from console.views import rule_json

router = APIRouter(tags=["rules"])

Patch = Annotated[dict[str, Any], Body(examples=[{"for_seconds": 30}], description="any fields of a rule")]


@router.get("/rules")
def list_rules(console: Desk, _who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    """All rules, by name."""
    with console.repository.begin() as unit:
        found = unit.rules.list()
    page, following = by_name(found, key_of=lambda rule: rule.name, cursor=cursor, limit=limit)
    return listing([rule_json(rule) for rule in page], following)


@router.post("/rules", status_code=201)
def add_rule(form: RuleForm, response: Response, console: Desk, _who: Admin) -> dict[str, Any]:
    """Add a rule; it is in force within seconds."""
    rule = rules.add_rule(console, form)
    response.headers["Location"] = f"/api/v1/rules/{rule.id}"
    return rule_json(rule)


@router.get("/rules/{rule_id}")
def get_rule(rule_id: str, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One rule."""
    with console.repository.begin() as unit:
        return rule_json(unit.rules.get(rule_id))


@router.patch("/rules/{rule_id}")
def change_rule(rule_id: str, patch: Patch, console: Desk, _who: Admin) -> dict[str, Any]:
    """Change the fields that are named."""
    return rule_json(rules.change_rule(console, rule_id, patch))


@router.delete("/rules/{rule_id}", status_code=204)
def remove_rule(rule_id: str, console: Desk, _who: Admin) -> None:
    """Forget it."""
    rules.remove_rule(console, rule_id)
