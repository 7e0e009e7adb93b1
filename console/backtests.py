"""Rules tried on the past, before or after they are saved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from common.domain.backtest import Backtest
from common.domain.rule import Rule
from common.domain.user import Reach
from common.ports.repository import Unit
from console.backtesting import OnProgress, nobody_waits
from console.context import Console
from console.errors import FieldError, InvalidForm
from console.forms import validate
from console.reach import EVERYWHERE, camera_ids_within
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


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A rule and a part of the past that can be tried on each other."""

    rule: Rule
    start: datetime
    end: datetime
    camera_ids: Collection[str]  # empty: all that the rule looks at


def saved_trial(
    console: Console, rule_id: str, form: BacktestForm, patch: dict[str, Any], *, reach: Reach = EVERYWHERE
) -> Trial:
    """Of a saved rule, with the fields in `patch` changed for the time being. Raises NotFound, InvalidForm."""
    with console.repository.begin() as unit:
        fields = rule_fields(unit.rules.get(rule_id))
    return _trial(console, validate(RuleForm, fields | patch).to_rule(rule_id=rule_id), form, reach)


def draft_trial(console: Console, rule: RuleForm, form: BacktestForm, *, reach: Reach = EVERYWHERE) -> Trial:
    """Of a rule that is not saved. Raises InvalidForm."""
    return _trial(console, rule.to_rule(rule_id="draft"), form, reach)


def run_trial(console: Console, trial: Trial, *, on_progress: OnProgress = nobody_waits) -> Backtest:
    """What the rule would have done. Raises InvalidInput for one about trouble, Overloaded."""
    began = console.clock()
    found = console.backtest(
        trial.rule, start=trial.start, end=trial.end, camera_ids=trial.camera_ids, on_progress=on_progress
    )
    log.info(
        "rule.tried",
        rule_id=trial.rule.id,
        pictures=found.pictures,
        fired=found.fired,
        seconds=round((console.clock() - began).total_seconds(), 3),
    )
    return found


def _trial(console: Console, rule: Rule, form: BacktestForm, reach: Reach) -> Trial:
    if rule.condition.trouble is not None:
        raise InvalidForm(
            [
                FieldError(
                    field="rule.condition",
                    message="is of trouble, which looks at no pictures: there is nothing to try it on",
                )
            ]
        )
    end = form.end.astimezone(UTC) if form.end else console.clock()
    start = form.start.astimezone(UTC) if form.start else end - LAST
    if not timedelta(0) < end - start <= LONGEST:
        raise InvalidForm([FieldError(field="from", message="must be before `to`, by at most 366 days")])
    with console.repository.begin() as unit:
        camera_ids = _cameras(unit, rule, form, reach)
    return Trial(rule=rule, start=start, end=end, camera_ids=camera_ids)


def _cameras(unit: Unit, rule: Rule, form: BacktestForm, reach: Reach) -> Collection[str]:
    mine = camera_ids_within(unit, reach)
    if mine is None:
        check_cameras(unit, [*rule.cameras, *form.cameras])
        return form.cameras
    wanted = mine.intersection(form.cameras) if form.cameras else mine
    if not wanted or not mine.issuperset(form.cameras):  # none would mean all
        raise InvalidForm([FieldError(field="cameras", message="there is no such camera")])
    return wanted


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
