"""A unit of work on paper: what telling people asks of the database, kept in memory and forgotten with its group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.decision import Decision
from common.domain.event import Event
from common.domain.notification import Notification, NotificationState
from common.domain.receiver import Receiver
from common.domain.rule import Rule
from common.domain.shot import Shot
from common.domain.silence import Silence
from common.errors import NotFound
from common.ports.repository import Unit


@dataclass(kw_only=True)
class Paper:
    """All that is known, and the groups that are open, or were until a moment ago."""

    rule: Rule
    known_cameras: Mapping[str, Camera]
    known_receivers: Sequence[Receiver]
    known_silences: Sequence[Silence]
    groups: dict[str, AlertGroup] = field(default_factory=dict)  # by id
    alerts: dict[str, Alert] = field(default_factory=dict)  # by id, of these groups
    messages: dict[str, dict[str, Notification]] = field(default_factory=dict)  # by group, then by key

    def unit(self) -> Unit:
        """To be given to analyzer/alerting, which asks for no more than stands below."""
        return cast("Unit", _Unit(self))

    @property
    def open_groups(self) -> list[AlertGroup]:
        """In the order in which they were opened."""
        return [group for group in self.groups.values() if group.closed_at is None]

    def forget_closed(self) -> None:
        """Nobody asks for a closed group again."""
        for group in [*self.groups.values()]:
            if group.closed_at is not None:
                del self.groups[group.id]
                self.messages.pop(group.id, None)
                self.alerts = {key: alert for key, alert in self.alerts.items() if alert.group_id != group.id}

    def queued(self) -> list[Notification]:
        """Messages that were made and not sent yet."""
        return [
            message
            for messages in self.messages.values()
            for message in messages.values()
            if message.state is NotificationState.QUEUED
        ]


class _Unit:
    def __init__(self, paper: Paper) -> None:
        self.alerts = _Alerts(paper)
        self.groups = _Groups(paper)
        self.notifications = _Notifications(paper)
        self.decisions = _Decisions()
        self.shots = _Shots()
        self.cameras = _Cameras(paper)
        self.rules = _Rules(paper)
        self.receivers = _Receivers(paper)
        self.silences = _Silences(paper)
        self.events = _Events()


@dataclass(frozen=True)
class _OnPaper:
    paper: Paper


class _Alerts(_OnPaper):
    def save(self, alert: Alert) -> None:
        self.paper.alerts[alert.id] = alert

    def for_event(self, event_id: str) -> Alert | None:
        return self.paper.alerts.get(event_id)  # an alert has its event's id


class _Groups(_OnPaper):
    def open(self, *, key: str | None = None, to_change: bool = False) -> list[AlertGroup]:
        return [group for group in self.paper.open_groups if key is None or group.key == key]

    def hold(self, fresh: AlertGroup) -> AlertGroup:
        known = self.open(key=fresh.key)
        if known:
            return known[0]
        self.paper.groups[fresh.id] = fresh
        return fresh

    def get(self, group_id: str, *, to_change: bool = False) -> AlertGroup:
        return self.paper.groups[group_id]

    def save(self, group: AlertGroup) -> None:
        self.paper.groups[group.id] = group

    def alerts(self, group_id: str) -> list[Alert]:
        found = [alert for alert in self.paper.alerts.values() if alert.group_id == group_id]
        return sorted(found, key=lambda alert: (alert.state is not AlertState.FIRING, -alert.fired_at.timestamp()))


class _Notifications(_OnPaper):
    def add(self, notification: Notification) -> bool:
        messages = self.paper.messages.setdefault(notification.group_id, {})
        return messages.setdefault(notification.key, notification) is notification

    def save(self, notification: Notification) -> None:
        self.paper.messages[notification.group_id][notification.key] = notification

    def hold(self, _notification_ids: Iterable[str]) -> list[Notification]:
        return []  # messages arrive at once: none waits

    def of_group(self, group_id: str) -> list[Notification]:
        return list(self.paper.messages.get(group_id, {}).values())


class _Decisions:
    """Nobody reads the reasons here."""

    def add(self, alert_id: str, decisions_made: Iterable[Decision]) -> None:
        pass

    def of(self, alert_id: str) -> list[Decision]:
        return []


class _Shots:
    """No message shows a picture here."""

    def get(self, shot_id: str) -> Shot:
        raise NotFound(shot_id)


class _Cameras(_OnPaper):
    def get(self, camera_id: str) -> Camera:
        return self.paper.known_cameras[camera_id]


class _Rules(_OnPaper):
    def list(self) -> list[Rule]:
        return [self.paper.rule]


class _Receivers(_OnPaper):
    def list(self) -> list[Receiver]:
        return [*self.paper.known_receivers]


class _Silences(_OnPaper):
    def list(self, *, ending_after: datetime) -> list[Silence]:
        return [silence for silence in self.paper.known_silences if silence.ends_at > ending_after]


class _Events:
    """Of no trouble: what else fired then is not asked."""

    def open(self, *, camera_id: str) -> list[Event]:
        return []
