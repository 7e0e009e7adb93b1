"""Notifications into messages: alerts, cameras and faces as they are when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from analyzer.notify.chart import Chart, draw
from analyzer.notify.digest import chart_of, digest_facts, read_report
from analyzer.notify.facts import alert_facts
from analyzer.notify.message import Message
from analyzer.notify.picture import Shown, mark
from analyzer.notify.texts import Texts
from analyzer.notify.words import WORDS, Words
from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.notification import Notification, NotificationKind
from common.domain.prediction import Face, Prediction
from common.domain.receiver import Receiver
from common.domain.rule import Rule
from common.domain.watched import concerned, faces_of_rule
from common.errors import MaskwatchError, NotFound
from common.ports.clock import Clock, utc_now
from common.ports.repository import Unit
from common.ports.store import ObjectStore

log = structlog.get_logger(__name__)


class Composer:
    """Makes what is sent."""

    def __init__(self, *, store: ObjectStore, texts: Texts, external_url: str = "", clock: Clock = utc_now) -> None:
        """`external_url`: the console's address as receivers reach it; empty: messages hold no links."""
        self._store = store
        self._texts = texts
        self._external_url = external_url.rstrip("/")
        self._clock = clock

    def compose(self, unit: Unit, notification: Notification, receiver: Receiver) -> Message:
        """Its words; `illustrate` adds the picture. Raises NotFound when nothing is left to be told of."""
        if notification.kind is NotificationKind.TEST:
            return self._message(notification, receiver, {"receiver": receiver.name, "at": self._clock()})
        if notification.kind is NotificationKind.DIGEST:
            return self._digest(unit, notification, receiver)
        alerts = _alerts(unit, notification)
        if not alerts:
            raise NotFound("the alerts that it tells of were removed")
        cameras = _cameras(unit, alerts)
        rule = _rule(unit, alerts[0].rule_id)
        shown = _pictured(unit, notification.kind, alerts)
        faces = _faces(shown, rule, cameras)
        facts = alert_facts(notification, receiver, alerts, cameras, rule, faces, _words(receiver))
        return replace(
            self._message(notification, receiver, facts),
            group=unit.groups.get(notification.group_id) if notification.group_id else None,
            rule=rule,
            alerts=alerts,
            cameras=cameras,
            link=self._link(f"alerts/{alerts[0].id}"),
            shown=_shown(shown, faces, cameras, receiver) if receiver.with_picture else None,
        )

    def illustrate(self, message: Message) -> Message:
        """With its picture; without, where that is gone or cannot be read: the words matter more."""
        shown = message.shown
        if shown is None:
            return message
        try:
            picture = draw(shown) if isinstance(shown, Chart) else mark(self._store.get(shown.image_key), shown)
        except MaskwatchError as exc:
            log.warning("notification.without_picture", notification_id=message.id, error=str(exc))
            return message
        return replace(message, picture=picture)

    def _digest(self, unit: Unit, notification: Notification, receiver: Receiver) -> Message:
        words, report = _words(receiver), read_report(unit, notification, receiver)
        return replace(
            self._message(notification, receiver, digest_facts(report, receiver, words)),
            link=self._link("statistics"),
            shown=chart_of(report, words) if receiver.with_picture else None,
        )

    def _link(self, path: str) -> str:
        return f"{self._external_url}/{path}" if self._external_url else ""

    def _message(self, notification: Notification, receiver: Receiver, facts: dict[str, Any]) -> Message:
        title, body = self._texts.render(
            notification.kind, facts, language=receiver.language, timezone=receiver.timezone
        )
        return Message(
            id=notification.id,
            kind=notification.kind,
            receiver=receiver,
            title=title,
            body=body,
            at=self._clock(),
        )


def _words(receiver: Receiver) -> Words:
    return WORDS.get(receiver.language, WORDS["en"])


def _shown(
    prediction: Prediction | None, faces: Sequence[Face], cameras: dict[str, Camera], receiver: Receiver
) -> Shown | None:
    if prediction is None:
        return None
    camera = cameras.get(prediction.camera_id)
    is_private = camera is None or camera.blur_faces
    return Shown(
        image_key=prediction.image_key,
        concerned=[face.box for face in faces],
        blurred=[face.box for face in prediction.faces] if is_private else [],
        caption=_caption(camera, prediction.captured_at, receiver),
    )


def _caption(camera: Camera | None, at: datetime, receiver: Receiver) -> str:
    local = at.astimezone(ZoneInfo(receiver.timezone))
    place = ", ".join(part for part in (camera.name, camera.site, camera.location) if part) if camera else ""
    return f"{local:%Y-%m-%d %H:%M:%S %Z}  {place}"


def _alerts(unit: Unit, notification: Notification) -> list[Alert]:
    found = []
    for alert_id in notification.alert_ids:
        try:
            found.append(unit.alerts.get(alert_id))
        except NotFound:
            continue
    return sorted(found, key=lambda alert: alert.fired_at, reverse=True)


def _cameras(unit: Unit, alerts: Sequence[Alert]) -> dict[str, Camera]:
    found = {}
    for camera_id in sorted({alert.camera_id for alert in alerts}):
        try:
            found[camera_id] = unit.cameras.get(camera_id)
        except NotFound:
            continue
    return found


def _rule(unit: Unit, rule_id: str) -> Rule | None:
    try:
        return unit.rules.get(rule_id)
    except NotFound:
        return None


def _pictured(unit: Unit, kind: NotificationKind, alerts: Sequence[Alert]) -> Prediction | None:
    """The prediction that a picture is shown of: what is new, else the moment with the most people."""
    by_worth = alerts if kind is NotificationKind.FIRING else sorted(alerts, key=lambda alert: -alert.count)
    for alert in by_worth:
        found = unit.predictions.get_many([alert.snapshot_id]) if alert.image_key else {}
        if found:
            return found[alert.snapshot_id]
    return None


def _faces(prediction: Prediction | None, rule: Rule | None, cameras: dict[str, Camera]) -> tuple[Face, ...]:
    """Those that the rule is about."""
    camera = cameras.get(prediction.camera_id) if prediction else None
    if prediction is None or rule is None or camera is None:
        return ()
    return tuple(one.face for one in concerned(rule, faces_of_rule(rule, camera, prediction)))
