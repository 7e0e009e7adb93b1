"""A group through the stages: what is told of it now, and what everybody decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analyzer.alerting.case import Case, Ruling, Stage
from analyzer.alerting.scene import Scene
from analyzer.alerting.stages import SILENCING, TELLING
from common.domain.alert import Alert
from common.domain.decision import Decision, Verdict
from common.domain.receiver import Receiver
from common.domain.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the stages say of a group."""

    audible: Sequence[Alert]  # going on, and nothing silences them
    count: int  # people in these
    news: Sequence[Alert]  # of these, those to be told of now; they may be known already, with fewer people
    receivers: Sequence[Receiver]  # by whom; empty: nobody now
    decisions: Mapping[str, Sequence[Decision]]  # by alert


def judge(scene: Scene, rule: Rule, *, now: datetime) -> Judgement:
    """Pure: the same scene gives the same judgement."""
    cases = {alert.id: _case(scene, rule, alert, now=now) for alert in scene.firing}
    said: dict[str, list[Decision]] = {alert_id: [] for alert_id in cases}
    audible = [alert for alert in scene.firing if _passes(cases[alert.id], SILENCING, said[alert.id]) is not None]
    count = sum(alert.count for alert in audible)
    untold = [alert for alert in audible if alert.id not in scene.told_ids]
    is_rising = scene.group.is_told and count > scene.group.told_count
    news = audible if is_rising else untold
    receivers: Sequence[Receiver] = ()
    for alert in news:
        ruling = _passes(replace(cases[alert.id], count=count), TELLING, said[alert.id])
        receivers = ruling.receivers if ruling is not None else ()
    # What is told already needs no reasons each time that somebody asks again.
    concerned = {alert.id for alert in news} | {alert.id for alert in scene.firing if alert.id not in scene.told_ids}
    decisions = {alert_id: made for alert_id, made in said.items() if alert_id in concerned}
    return Judgement(audible=audible, count=count, news=news, receivers=receivers, decisions=decisions)


def unsaid(made: Sequence[Decision], before: Iterable[Decision]) -> list[Decision]:
    """Those of the decisions that differ from the last word of their stage: asking again is no news."""
    last = {decision.stage: (decision.verdict, decision.reason) for decision in before}
    return [decision for decision in made if last.get(decision.stage) != (decision.verdict, decision.reason)]


def _passes(case: Case, stages: Mapping[str, Stage], said: list[Decision]) -> Ruling | None:
    """The last stage's ruling, None where one held the case; `said` gets every word."""
    ruling = None
    for name, stage in stages.items():
        ruling = stage(case)
        said.append(
            Decision(
                alert_id=case.alert.id, number=0, at=case.now, stage=name, verdict=ruling.verdict, reason=ruling.reason
            )
        )
        if ruling.verdict is not Verdict.PASSED:
            return None
    return ruling


def _case(scene: Scene, rule: Rule, alert: Alert, *, now: datetime) -> Case:
    return Case(
        alert=alert,
        rule=rule,
        camera=scene.cameras.get(alert.camera_id),
        group=scene.group,
        count=alert.count,
        is_on_its_way=scene.is_on_its_way,
        silences=scene.silences,
        troubles=scene.troubles.get(alert.camera_id, frozenset()),
        receivers=scene.receivers,
        now=now,
    )
