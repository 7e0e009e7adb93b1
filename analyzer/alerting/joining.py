"""Alerts into groups: what is told together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from common.domain.alert import Alert
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.decision import Decision, Verdict
from common.domain.rule import GroupBy, Rule
from common.ports.clock import NewId
from common.ports.repository import Unit


def group_key(rule: Rule, camera: Camera | None) -> tuple[str, str]:
    """The key of the rule's alerts on the camera (None: of no camera), and what a person calls the place."""
    if rule.group_by is GroupBy.RULE or camera is None:
        return rule.id, ""
    if rule.group_by is GroupBy.SITE and camera.site:
        return f"{rule.id}/site/{camera.site}", camera.site
    return f"{rule.id}/camera/{camera.id}", camera.name  # a camera without a site is its own


def join(unit: Unit, alert: Alert, rule: Rule, camera: Camera | None, *, now: datetime, new_id: NewId) -> AlertGroup:
    """The group of a new alert, held; the alert is stored with it. The group's rows stay ours until the unit ends."""
    key, place = group_key(rule, camera)
    fresh = AlertGroup(id=new_id(), key=key, rule_id=rule.id, place=place, opened_at=now)
    group = unit.groups.hold(fresh)
    unit.alerts.save(replace(alert, group_id=group.id))
    others = sum(one.id != alert.id for one in unit.groups.alerts(group.id))
    reason = f"told together with {others} earlier of {place or 'this rule'}" if others else "the first of its group"
    said = Decision(alert_id=alert.id, number=0, at=now, stage="group", verdict=Verdict.PASSED, reason=reason)
    unit.decisions.add(alert.id, [said])
    return group
