"""What templates may tell of alerts, in the receiver's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.notify.words import Words, spoken
from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.notification import Notification
from common.domain.prediction import Face
from common.domain.receiver import Receiver
from common.domain.rule import Rule

MOST_PLACES = 8  # lines of a text


def alert_facts(
    notification: Notification,
    receiver: Receiver,
    alerts: Sequence[Alert],
    cameras: Mapping[str, Camera],
    rule: Rule | None,
    faces: Sequence[Face],
    words: Words,
) -> dict[str, Any]:
    """Names and values, as docs/alerts.md lists them; `alerts` newest first, `faces` those concerned in the picture."""
    count = int(notification.facts.get("count", sum(alert.count for alert in alerts)))
    people, what = _people(count, rule, words), _what(rule, words)
    parts = {part for face in faces for part in face.uncovered}
    ends = [alert.resolved_at for alert in alerts if alert.resolved_at is not None]
    return {
        "headline": words.headline.format(people=people, what=what).strip(),
        "people": people,
        "count": count,
        "what": what,
        "uncovered": [words.uncovered[part] for part in words.uncovered if part in parts],
        "place": notification.facts.get("place", ""),
        "places": _places(alerts, cameras),
        "summary": alerts[0].summary,
        "reason": _reason(alerts, words),
        "since": min(alert.started_at for alert in alerts),
        "fired": min(alert.fired_at for alert in alerts),
        "until": max(ends) if ends else None,
        "rule": rule.name if rule else "",
        "severity": alerts[0].severity.value,
        "waited": spoken(float(notification.facts.get("waited_seconds", 0)), words),
        "receiver": receiver.name,
        "alerts": len(alerts),
    }


def place_of(camera: Camera | None) -> str:
    """For example "Main door (Shop 1, entrance)"; empty for one that was removed."""
    if camera is None:
        return ""
    where = ", ".join(part for part in (camera.site, camera.location) if part)
    return camera.name + (f" ({where})" if where else "")


def _people(count: int, rule: Rule | None, words: Words) -> str:
    if rule is not None and rule.condition.trouble is not None:
        return words.troubles[rule.condition.trouble]
    return words.person if count == 1 else words.people.format(count=count)


def _what(rule: Rule | None, words: Words) -> str:
    if rule is None or rule.condition.trouble is not None:
        return ""
    return words.labels[rule.condition.label]


def _reason(alerts: Sequence[Alert], words: Words) -> str:
    """Why it is over, where that is the same for all and more than that nobody is seen any more."""
    reasons = {alert.reason for alert in alerts}
    return words.reasons.get(reasons.pop(), "") if len(reasons) == 1 else ""


def _places(alerts: Sequence[Alert], cameras: Mapping[str, Camera]) -> list[str]:
    """A line per camera: its name, where it is, how many there."""
    lines: dict[str, str] = {}
    for alert in alerts:
        place = place_of(cameras.get(alert.camera_id))
        if place and alert.camera_id not in lines:
            lines[alert.camera_id] = place + (f": {alert.count}" if alert.count > 1 else "")
    more = len(lines) - MOST_PLACES
    return [*list(lines.values())[:MOST_PLACES], *([f"+ {more}"] if more > 0 else [])]
