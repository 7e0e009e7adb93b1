"""A group, as it is now: tell what is to be told, escalate, give the all-clear, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from analyzer.alerting.asking import add_to, ask, hold_waiting
from analyzer.alerting.judging import Judgement, judge, unsaid
from analyzer.alerting.scene import Scene, Shared, read_scene
from common.domain.alert import Alert
from common.domain.alert_group import AlertGroup
from common.domain.decision import Decision, Verdict
from common.domain.notification import NotificationKind
from common.domain.rule import Rule
from common.ports.clock import NewId
from common.ports.repository import Unit

log = structlog.get_logger(__name__)


def consider(unit: Unit, group: AlertGroup, shared: Shared, *, now: datetime, new_id: NewId) -> None:
    """Do what is due for a group that is held; a second time at once, nothing."""
    scene = read_scene(unit, group, shared)
    after = group
    if scene.firing and scene.rule is not None:
        after = _tell(unit, scene, scene.rule, now=now, new_id=new_id)
        after = _escalate(unit, scene, scene.rule, after, now=now, new_id=new_id)
    elif not scene.firing:
        after = _all_clear(unit, scene, now=now, new_id=new_id)
        if _has_cooled(after, scene.rule, now=now):
            after = replace(after, closed_at=now)
    if after != group:
        unit.groups.save(after)


def _tell(unit: Unit, scene: Scene, rule: Rule, *, now: datetime, new_id: NewId) -> AlertGroup:
    judged, group = judge(scene, rule, now=now), scene.group
    _remember(unit, judged)
    if not judged.news:
        return group
    if not scene.is_on_its_way and not judged.receivers:
        return group
    free = hold_waiting(unit, scene.waiting, now=now)
    if scene.is_on_its_way and (not free or len(free) < len(scene.waiting)):
        return group  # it is being sent: what is new waits for the cooldown, or breaks through it
    add_to(unit, free, judged.audible, count=judged.count)
    has_it = {one.receiver_id for one in free}  # who is away hears of it with what waits there already
    receivers = [one for one in judged.receivers if one.id not in has_it]
    if not receivers:
        _say(unit, judged.news, "deliver", Verdict.PASSED, "added to the message of its group that is on its way", now)
        return replace(group, told_count=max(group.told_count, judged.count))
    kind = NotificationKind.RISING if _is_known(judged, scene) else NotificationKind.FIRING
    ids = [one.id for one in receivers]
    facts = {"count": judged.count, "place": group.place}
    if not ask(unit, group, kind, ids, judged.audible, facts=facts, now=now, new_id=new_id):
        return group
    names = ", ".join(one.name for one in receivers)
    _say(unit, judged.news, "deliver", Verdict.PASSED, f"a message is made for {names}", now)
    log.info("alerts.asked", group_id=group.id, kind=kind.value, people=judged.count, receivers=names)
    told = judged.count if _has_cooled(group, rule, now=now) else max(group.told_count, judged.count)
    return replace(group, asked_at=now, told_count=told, escalated_at=group.escalated_at if group.is_told else None)


def _is_known(judged: Judgement, scene: Scene) -> bool:
    return scene.group.is_told and all(alert.id in scene.told_ids for alert in judged.news)


def _escalate(unit: Unit, scene: Scene, rule: Rule, group: AlertGroup, *, now: datetime, new_id: NewId) -> AlertGroup:
    """Tell somebody else once when nobody who was told takes care of it."""
    after = rule.escalate_seconds
    if after is None or not group.is_told or group.told_at is None or group.escalated_at is not None:
        return group
    if group.cleared_at is not None and group.told_at <= group.cleared_at:
        return group  # what was told then is over: nobody knows of this yet
    if now < group.told_at + timedelta(seconds=after) or any(_is_taken(alert) for alert in scene.firing):
        return group
    receivers = [one for one in scene.receivers if one.enabled and one.name in rule.escalate_to]
    names = ", ".join(one.name for one in receivers)
    reason = (
        f"nobody acknowledged it for {after:g} s: goes to {names}" if receivers else "there is nobody to escalate to"
    )
    verdict = Verdict.PASSED if receivers else Verdict.STOPPED
    _say(unit, scene.firing, "escalate", verdict, reason, now)
    facts = {"count": sum(alert.count for alert in scene.firing), "place": group.place, "waited_seconds": after}
    ids = [one.id for one in receivers]
    ask(unit, group, NotificationKind.ESCALATED, ids, scene.firing, facts=facts, now=now, new_id=new_id)
    return replace(group, escalated_at=now)


def _is_taken(alert: Alert) -> bool:
    return alert.acknowledged_at is not None or alert.is_false_positive


def _all_clear(unit: Unit, scene: Scene, *, now: datetime, new_id: NewId) -> AlertGroup:
    """Tell everybody who was told that it is over."""
    group, since = scene.group, scene.group.cleared_at
    over = [alert for alert in scene.alerts if since is None or (alert.resolved_at or now) > since]
    untold = [alert for alert in over if alert.id not in scene.told_ids]
    _say(unit, untold, "deliver", Verdict.STOPPED, "it was over before anybody was told", now)
    if not group.is_told:
        return group
    told = [alert for alert in over if alert.id in scene.told_ids] or list(scene.alerts)
    facts = {"count": group.told_count, "place": group.place}
    kind, ids = NotificationKind.RESOLVED, scene.told_receiver_ids
    ask(unit, group, kind, ids, told, facts=facts, now=now, new_id=new_id)
    log.info("alerts.asked", group_id=group.id, kind=kind.value, receivers=len(ids))
    return replace(group, cleared_at=now)


def _has_cooled(group: AlertGroup, rule: Rule | None, *, now: datetime) -> bool:
    """Whether its cooldown is over: until then it stays open, so that who comes next is still throttled."""
    if rule is None:
        return True
    last = group.told_at or group.asked_at
    return last is None or now >= last + timedelta(seconds=rule.repeat_seconds)


def _remember(unit: Unit, judged: Judgement) -> None:
    for alert_id, made in judged.decisions.items():
        unit.decisions.add(alert_id, unsaid(made, unit.decisions.of(alert_id)))


def _say(unit: Unit, alerts: Sequence[Alert], stage: str, verdict: Verdict, reason: str, now: datetime) -> None:
    for alert in alerts:
        said = Decision(alert_id=alert.id, number=0, at=now, stage=stage, verdict=verdict, reason=reason)
        unit.decisions.add(alert.id, unsaid([said], unit.decisions.of(alert.id)))
