"""Rules tried on the past, before or after they are saved."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from common.domain.backtest import Backtest
from common.domain.rule import Rule
from console.backtesting import OnProgress, nobody_waits
from console.context import Console
from console.errors import FieldError, InvalidForm
from console.forms import validate
from console.rule_form import RuleForm, rule_fields
from console.rules import check_cameras

log = structlog.get_logger(__name__)

LAST = timedelta(days=7)  # looked at where nothing else is said
LONGEST = timedelta(days=366)


class BacktestForm(BaseModel):
    """Which part of the past."""

    model_config = ConfigDict(extra="forbid")
    start: AwareDatetime | None = Field(
        None, alias="from", description="captured at or later; none: a week before `to`"
    )
    end: AwareDatetime | None = Field(None, alias="to", description="captured earlier than this; none: now")
    cameras: list[str] = Field([], description="camera ids; empty: all that the rule looks at")


def try_saved(console: Console, rule_id: str, form: BacktestForm, patch: dict[str, Any]) -> Backtest:
    """Try a saved rule, with the fields in `patch` changed for the time being. Raises NotFound, InvalidForm."""
    with console.repository.begin() as unit:
        fields = rule_fields(unit.rules.get(rule_id))
    return _try(console, validate(RuleForm, fields | patch).to_rule(rule_id=rule_id), form)


def try_draft(
    console: Console, rule: RuleForm, form: BacktestForm, *, on_progress: OnProgress = nobody_waits
) -> Backtest:
    """Try a rule that is not saved. Raises InvalidForm; InvalidInput for one about trouble."""
    return _try(console, rule.to_rule(rule_id="draft"), form, on_progress=on_progress)


def _try(console: Console, rule: Rule, form: BacktestForm, *, on_progress: OnProgress = nobody_waits) -> Backtest:
    end = form.end.astimezone(UTC) if form.end else console.clock()
    start = form.start.astimezone(UTC) if form.start else end - LAST
    if not timedelta(0) < end - start <= LONGEST:
        raise InvalidForm([FieldError(field="from", message="must be before `to`, by at most 366 days")])
    with console.repository.begin() as unit:
        check_cameras(unit, [*rule.cameras, *form.cameras])
    began = console.clock()
    found = console.backtest(rule, start=start, end=end, camera_ids=form.cameras, on_progress=on_progress)
    log.info(
        "rule.tried",
        rule_id=rule.id,
        pictures=found.pictures,
        fired=found.fired,
        seconds=round((console.clock() - began).total_seconds(), 3),
    )
    return found


def backtest_json(console: Console, found: Backtest) -> dict[str, Any]:
    """What a back-test found, with the cameras' names."""
    with console.repository.begin() as unit:
        names = {camera.id: camera.name for camera in unit.cameras.list()}
    return {
        "from": found.start,
        "to": found.end,
        "cameras": found.cameras,
        "pictures": found.pictures,
        "fired": found.fired,
        "seconds": found.seconds,
        "people": found.people,
        "messages": {kind.value: number for kind, number in found.messages.items()},
        "receivers": list(found.receivers),
        "is_complete": found.is_complete,
        "days": [vars(day) for day in found.days],
        "firings": [{**vars(one), "camera": names.get(one.camera_id), "seconds": one.seconds} for one in found.firings],
    }
