"""rules"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import Field

from common.domain.rule import Rule
from common.domain.user import Area, Role
from console import rules
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import DEFAULT_LIMIT, Cursor, Limit, listing
from console.api.progress import EVENTS, wants_progress, with_progress
from console.api.reachable import CameraIds, RuleId
from console.api.shapes.rules import BacktestAnswer, ListedRuleAnswer, WarnedRuleAnswer, WarningsAnswer, WholeRuleAnswer
from console.auth import Identity
from console.backtesting import OnProgress, nobody_waits
from console.backtests import BacktestForm, Trial, backtest_json, draft_trial, run_trial, saved_trial
from console.context import Console
from console.paging import by_name
from console.reach import check_named, seen
from console.rule_form import RuleForm
from console.rule_states import rule_states
from console.rule_warnings import rule_warnings
from console.rules import check_cameras
from console.views import rule_json

router = APIRouter(tags=["rules"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.RULES))]
Operator = Annotated[Identity, Depends(require(Role.OPERATOR, Area.RULES))]
Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.RULES))]

Patch = Annotated[dict[str, Any], Body(examples=[{"for_seconds": 30}], description="any fields of a rule")]
TRIED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "what would have happened. With `Accept: text/event-stream` also how far it is, as in "
        "`progress` {done, all}, then `result` or `problem`; who hangs up cancels it",
        "model": BacktestAnswer,
        "content": {EVENTS: {"schema": {"type": "string"}}},
    }
}


class DraftTest(BacktestForm):
    """A rule that is not saved, and which part of the past."""

    rule: RuleForm


class RuleTest(BacktestForm):
    """Which part of the past."""

    rule: dict[str, Any] = Field({}, description="fields of the rule to be changed for the time being")


@router.get("/rules", responses=answers(Page[ListedRuleAnswer]))
def list_rules(
    console: Desk, who: Viewer, camera_ids: CameraIds, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> dict[str, Any]:
    """All rules, by name; `state`: where each is pending or firing now, and when it last fired."""
    with console.repository.begin() as unit:
        found = seen(unit, who.reach, unit.rules.list())
        page, following = by_name(found, key_of=lambda rule: rule.name, cursor=cursor, limit=limit)
        states = rule_states(unit, page, camera_ids=camera_ids)
    return listing([{**rule_json(rule), "state": states[rule.id]} for rule in page], following)


@router.post("/rules", status_code=201, responses=answers(WarnedRuleAnswer, 409, status=201))
def add_rule(form: RuleForm, response: Response, console: Desk, who: Admin) -> dict[str, Any]:
    """Add a rule; it is in force within seconds. `warnings`: what it names and nothing has, yet."""
    rule = rules.add_rule(console, form, reach=who.reach)
    response.headers["Location"] = f"/api/v1/rules/{rule.id}"
    return _with_warnings(console, rule)


@router.post("/rules/check", responses=answers(WarningsAnswer))
def check_rule(form: RuleForm, console: Desk, who: Operator) -> dict[str, Any]:
    """Whether a rule can be saved, without saving it; `warnings`: what it names and nothing has."""
    rule = form.to_rule(rule_id="draft")
    with console.repository.begin() as unit:
        check_named(unit, who.reach, rule)
        check_cameras(unit, rule.cameras)
        return {"warnings": rule_warnings(unit, rule)}


@router.post("/rules/test", response_model=None, responses=TRIED)
def try_draft_rule(form: DraftTest, request: Request, console: Desk, who: Operator) -> Response:
    """What a rule that is not saved would have done: when it would have fired, and how many messages were sent."""
    return _try(request, console, draft_trial(console, form.rule, form, reach=who.reach))


@router.get("/rules/{rule_id}", responses=answers(WholeRuleAnswer))
def get_rule(rule_id: RuleId, console: Desk, who: Viewer, camera_ids: CameraIds) -> dict[str, Any]:
    """One rule, with its `warnings`, and its `state` as in the list."""
    with console.repository.begin() as unit:
        [rule] = seen(unit, who.reach, [unit.rules.get(rule_id)])
        state = rule_states(unit, [rule], camera_ids=camera_ids)[rule_id]
    return {**_with_warnings(console, rule), "state": state}


@router.post("/rules/{rule_id}/test", response_model=None, responses=TRIED)
def try_rule(rule_id: RuleId, request: Request, console: Desk, who: Operator, form: RuleTest | None = None) -> Response:
    """What the rule would have done, here by default in the last week."""
    asked = form or RuleTest.model_validate({})
    return _try(request, console, saved_trial(console, rule_id, asked, asked.rule, reach=who.reach))


@router.patch("/rules/{rule_id}", responses=answers(WarnedRuleAnswer, 409))
def change_rule(rule_id: RuleId, patch: Patch, console: Desk, who: Admin) -> dict[str, Any]:
    """Change the fields that are named."""
    return _with_warnings(console, rules.change_rule(console, rule_id, patch, reach=who.reach))


@router.delete("/rules/{rule_id}", status_code=204)
def remove_rule(rule_id: RuleId, console: Desk, who: Admin) -> None:
    """Forget it."""
    rules.remove_rule(console, rule_id, reach=who.reach)


def _with_warnings(console: Console, rule: Rule) -> dict[str, Any]:
    with console.repository.begin() as unit:
        return {**rule_json(rule), "warnings": rule_warnings(unit, rule)}


def _try(request: Request, console: Console, trial: Trial) -> Response:
    def work(on_progress: OnProgress) -> dict[str, Any]:
        return backtest_json(console, run_trial(console, trial, on_progress=on_progress))

    return (
        with_progress(request, work) if wants_progress(request) else JSONResponse(jsonable_encoder(work(nobody_waits)))
    )
