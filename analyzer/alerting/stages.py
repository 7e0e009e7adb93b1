"""The stages: each looks at a case and lets it pass, holds it for later, or stops it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from analyzer.alerting.case import Case, Ruling, Stage
from common.domain.decision import Verdict
from common.domain.rule import Trouble

# What makes which other news worthless: of a camera that is down nothing that it showed before is news.
INHIBITED_BY: Mapping[Trouble, frozenset[Trouble | None]] = {
    Trouble.CAMERA_DOWN: frozenset({None, Trouble.CAMERA_DEGRADED, Trouble.NO_DATA}),
    Trouble.CAMERA_DEGRADED: frozenset({None}),
    Trouble.NO_DATA: frozenset({None}),
}


def inhibit(case: Case) -> Ruling:
    """Hold what a greater trouble of the same camera explains."""
    for trouble in sorted(case.troubles):
        if case.rule.condition.trouble in INHIBITED_BY.get(trouble, ()):
            return Ruling(verdict=Verdict.HELD, reason=f"held while {trouble.value} fires on the same camera")
    return Ruling(verdict=Verdict.PASSED, reason="no trouble of the camera explains it")


def silence(case: Case) -> Ruling:
    """Hold what an operator silenced."""
    for one in case.silences:
        if one.covers(rule_id=case.rule.id, camera=case.camera, at=case.now):
            why = f": {one.comment}" if one.comment else ""
            by = f" by {one.created_by}" if one.created_by else ""
            return Ruling(verdict=Verdict.HELD, reason=f"silenced{by} until {_time(one.ends_at)}{why}")
    return Ruling(verdict=Verdict.PASSED, reason="no silence covers it")


def snooze(case: Case) -> Ruling:
    """Hold what an operator wants to hear of later."""
    until = case.alert.snoozed_until
    if until is not None and case.now < until:
        return Ruling(verdict=Verdict.HELD, reason=f"snoozed until {_time(until)}")
    return Ruling(verdict=Verdict.PASSED, reason="not snoozed")


def throttle(case: Case) -> Ruling:
    """Hold what comes too soon after the last message of the group, unless more people are concerned."""
    if case.is_on_its_way:
        return Ruling(verdict=Verdict.HELD, reason="a message of its group is on its way")
    until = case.cooldown_ends_at
    if until is None or case.now >= until:
        return Ruling(verdict=Verdict.PASSED, reason="its group has had no message lately")
    if case.count > case.group.told_count:
        return Ruling(
            verdict=Verdict.PASSED, reason=f"{case.count} people instead of {case.group.told_count} break the cooldown"
        )
    at = case.group.told_at
    return Ruling(
        verdict=Verdict.HELD,
        reason=f"its group was told at {_time(at) if at else 'no time'}; "
        f"nothing more until {_time(until)} unless more people are concerned",
    )


def route(case: Case) -> Ruling:
    """Find who is told: the rule's receivers, or all where it names none; those that are enabled and on duty."""
    named = [one for one in case.receivers if not case.rule.receivers or one.name in case.rule.receivers]
    enabled = [one for one in named if one.enabled]
    on_duty = [one for one in enabled if one.schedule is None or one.schedule.is_active(case.now)]
    if on_duty:
        names = ", ".join(one.name for one in on_duty)
        return Ruling(verdict=Verdict.PASSED, reason=f"goes to {names}", receivers=on_duty)
    if enabled:
        reason = "nobody is on duty: " + ", ".join(one.name for one in enabled)
    elif named:
        reason = "every receiver of the rule is disabled"
    else:
        reason = "there is no receiver" + (" of the rule's names" if case.rule.receivers else "")
    return Ruling(verdict=Verdict.HELD, reason=reason)


# In this order; what comes first gives the reason that a person reads.
SILENCING: Mapping[str, Stage] = {"inhibit": inhibit, "silence": silence, "snooze": snooze}
TELLING: Mapping[str, Stage] = {"throttle": throttle, "route": route}


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
