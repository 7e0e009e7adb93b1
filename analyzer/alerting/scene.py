"""What the stages need to know, read once per group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.event import EventState
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.domain.receiver import Receiver
from common.domain.rule import Rule, Trouble
from common.domain.silence import Silence
from common.errors import NotFound
from common.ports.repository import Unit

TELLS = (NotificationKind.FIRING, NotificationKind.RISING)


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What is the same for all groups of a transaction."""

    rules: Mapping[str, Rule]
    silences: Sequence[Silence]
    receivers: Sequence[Receiver]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A group with all that is known of it."""

    group: AlertGroup
    rule: Rule | None  # None: removed meanwhile
    alerts: Sequence[Alert]
    cameras: dict[str, Camera]  # of these alerts, as far as they still exist
    troubles: dict[str, frozenset[Trouble]]  # firing, by camera
    silences: Sequence[Silence]
    receivers: Sequence[Receiver]
    messages: Sequence[Notification]  # of this group

    @property
    def firing(self) -> list[Alert]:
        """Its alerts that go on."""
        return [alert for alert in self.alerts if alert.state is AlertState.FIRING]

    @property
    def told_ids(self) -> set[str]:
        """The alerts that some message names; what was told before the last all-clear was taken back by it."""
        named = [message for message in self.messages if message.kind in TELLS and self._is_since_clear(message)]
        return {alert_id for message in named for alert_id in message.alert_ids}

    @property
    def waiting(self) -> list[Notification]:
        """Messages that tell of it, and are neither delivered nor given up. Those before an all-clear are history."""
        return [one for one in self._undelivered if self._is_since_clear(one)]

    @property
    def is_on_its_way(self) -> bool:
        """Whether messages wait, and none of the newest has reached anybody: who is away holds up no other."""
        told, asked = self.group.told_at, self.group.asked_at
        return bool(self._undelivered) and (told is None or asked is None or told < asked)

    @property
    def _undelivered(self) -> list[Notification]:
        return [one for one in self.messages if one.kind in TELLS and one.state is NotificationState.QUEUED]

    def _is_since_clear(self, message: Notification) -> bool:
        since = self.group.cleared_at
        return since is None or message.created_at > since

    @property
    def told_receiver_ids(self) -> list[str]:
        """Who was told since the last all-clear, each once."""
        told = [one for one in self.messages if one.kind is not NotificationKind.RESOLVED and self._is_since_clear(one)]
        return list(dict.fromkeys(one.receiver_id for one in told))


def read_shared(unit: Unit, *, now: datetime) -> Shared:
    """As it is at the moment."""
    return Shared(
        rules={rule.id: rule for rule in unit.rules.list()},
        silences=unit.silences.list(ending_after=now),
        receivers=unit.receivers.list(),
    )


def read_scene(unit: Unit, group: AlertGroup, shared: Shared) -> Scene:
    """Everything about a group that is held."""
    alerts = unit.groups.alerts(group.id)
    cameras = _cameras(unit, {alert.camera_id for alert in alerts if alert.state is AlertState.FIRING})
    return Scene(
        group=group,
        rule=shared.rules.get(group.rule_id),
        alerts=alerts,
        cameras=cameras,
        troubles={camera_id: _troubles(unit, camera_id, shared.rules) for camera_id in cameras},
        silences=shared.silences,
        receivers=shared.receivers,
        messages=unit.notifications.of_group(group.id),
    )


def _cameras(unit: Unit, camera_ids: set[str]) -> dict[str, Camera]:
    found = {}
    for camera_id in sorted(camera_ids):
        try:
            found[camera_id] = unit.cameras.get(camera_id)
        except NotFound:
            continue  # its alerts end with the next sweep
    return found


def _troubles(unit: Unit, camera_id: str, known: Mapping[str, Rule]) -> frozenset[Trouble]:
    firing = [event for event in unit.events.open(camera_id=camera_id) if event.state is EventState.FIRING]
    rules = [known.get(event.rule_id) for event in firing]
    return frozenset(rule.condition.trouble for rule in rules if rule is not None and rule.condition.trouble)
