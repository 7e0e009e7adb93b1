"""An installation whose events are scripted."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from pictures import START, at, make_camera, make_rule

from analyzer.alerting.asking import delivered
from analyzer.alerting.notice import notice, tick
from analyzer.evaluation import EventChange
from analyzer.machine import Change
from common.domain.alert import Alert, AlertState
from common.domain.event import Event, EventState
from common.domain.notification import NotificationState
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.rule import Severity


class Desk:
    """An installation whose events are scripted: what the analyzer would find, and what is asked of the outbox."""

    def __init__(self, repository):
        self.repository = repository
        self._ids = count(1)
        self._new_id = lambda: f"id{next(self._ids):04}"
        with repository.begin() as unit:
            for name, site in (("door", "Shop 1"), ("till", "Shop 1"), ("yard", "")):
                unit.cameras.add(make_camera(id=name, name=name.title(), site=site))
            unit.receivers.add(self.receiver("anna"))
        self.rule = make_rule(repeat_seconds=300)
        self.save_rule()

    def receiver(self, name, **fields):
        return Receiver(
            id=f"r-{name}", name=name, kind=ReceiverKind.APPRISE, url="json://h", created_at=START, **fields
        )

    def save_rule(self, **fields):
        self.rule = replace(self.rule, **fields)
        with self.repository.begin() as unit:
            known = {rule.id for rule in unit.rules.list()}
            (unit.rules.update if self.rule.id in known else unit.rules.add)(self.rule)

    def fire(self, seconds, camera="door", *, people=1, rule=None, name=None):
        """An alert that fires, or goes on with more people; its id."""
        rule = rule or self.rule
        alert_id = name or f"{rule.id}-{camera}"
        with self.repository.begin() as unit:
            found = unit.alerts.for_event(alert_id)
            alert = replace(
                found
                or Alert(
                    id=alert_id,
                    event_id=alert_id,
                    rule_id=rule.id,
                    camera_id=camera,
                    state=AlertState.FIRING,
                    severity=Severity.WARNING,
                    summary="s",
                    started_at=at(seconds),
                    fired_at=at(seconds),
                ),
                count=people,
            )
            unit.alerts.save(alert)
            change = Change.CONTINUED if found else Change.FIRED
            self._change(unit, change, alert, rule, seconds)
        return alert_id

    def end(self, seconds, *alert_ids):
        with self.repository.begin() as unit:
            for alert_id in alert_ids:
                alert = replace(unit.alerts.get(alert_id), state=AlertState.RESOLVED, resolved_at=at(seconds))
                unit.alerts.save(alert)
                self._change(unit, Change.RESOLVED, alert, unit.rules.get(alert.rule_id), seconds)

    def tick(self, seconds):
        tick(self.repository, now=at(seconds), new_id=self._new_id)

    def fire_again(self, seconds, alert_id):
        """Late pictures show that what was over goes on."""
        with self.repository.begin() as unit:
            alert = replace(unit.alerts.get(alert_id), state=AlertState.FIRING, resolved_at=None)
            unit.alerts.save(alert)
            self._change(unit, Change.FIRED, alert, self.rule, seconds)

    def deliver(self, seconds, receiver_id=None):
        """Everything that waits (for the receiver) arrives."""
        with self.repository.begin() as unit:
            waiting = unit.notifications.list(state=NotificationState.QUEUED, receiver_id=receiver_id)
            for message in reversed(waiting):
                delivered(unit, message, at=at(seconds))

    def told(self):
        """(kind, receiver, people, alerts) of every message made, in order."""
        with self.repository.begin() as unit:
            made = sorted(unit.notifications.list(), key=lambda one: (one.created_at, one.id))
        return [(one.kind, one.receiver_id, one.facts["count"], set(one.alert_ids)) for one in made]

    def kinds(self):
        return [kind for kind, *_ in self.told()]

    def why(self, alert_id):
        """The last word of each stage."""
        with self.repository.begin() as unit:
            return {said.stage: (said.verdict, said.reason) for said in unit.decisions.of(alert_id)}

    def save(self, collection, value):
        with self.repository.begin() as unit:
            getattr(unit, collection).save(value)

    def change_alert(self, alert_id, **fields):
        with self.repository.begin() as unit:
            unit.alerts.save(replace(unit.alerts.get(alert_id), **fields))

    def _change(self, unit, change, alert, rule, seconds):
        event = Event(
            id=alert.event_id,
            rule_id=rule.id,
            camera_id=alert.camera_id,
            state=EventState.RESOLVED if change is Change.RESOLVED else EventState.FIRING,
            started_at=alert.fired_at,
            last_true_at=at(seconds),
            evaluated_at=at(seconds),
        )
        unit.events.save(event)
        camera = unit.cameras.get(alert.camera_id) if alert.camera_id else None
        made = EventChange(change=change, event=event, alert=alert, rule=rule, camera=camera)
        notice(unit, [made], now=at(seconds), new_id=self._new_id)
