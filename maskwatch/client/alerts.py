"""Events, alerts and silences of a console."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.api.shapes.alerts import AlertAnswer, AlertStoryAnswer, EventAnswer
from console.api.shapes.receivers import HiddenAnswer, SilenceAnswer
from maskwatch.client.connection import Connection, Picture, named


class Events:
    """State changes of rules."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        camera: str | None = None,
        rule: str | None = None,
        state: str | None = None,
        site: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> Iterator[EventAnswer]:
        """The newest first."""
        query = {"camera": camera, "rule": rule, "state": state, "site": site, "after": after, "before": before}
        return self._connection.pages(EventAnswer, "events", query)

    def get(self, event_id: str) -> EventAnswer:
        """One event."""
        return self._connection.read(EventAnswer, "GET", named("events/{}", event_id))


class Alerts:
    """What people were told."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        camera: str | None = None,
        rule: str | None = None,
        state: str | None = None,
        severity: str | None = None,
        site: str | None = None,
        acknowledged: bool | None = None,
        group: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> Iterator[AlertAnswer]:
        """The newest first."""
        query = {"camera": camera, "rule": rule, "state": state, "severity": severity, "site": site, "group": group}
        query |= {"acknowledged": acknowledged, "after": after, "before": before}  # type: ignore[dict-item]
        return self._connection.pages(AlertAnswer, "alerts", query)

    def get(self, alert_id: str) -> AlertStoryAnswer:
        """One alert, with why who was told of it, or not."""
        return self._connection.read(AlertStoryAnswer, "GET", named("alerts/{}", alert_id))

    def acknowledge(self, alert_id: str, *, note: str = "") -> AlertAnswer:
        """Say that somebody takes care of it."""
        return self._post(alert_id, "ack", {"note": note})

    def snooze(self, alert_id: str, seconds: float) -> AlertAnswer:
        """Tell nothing more of it for a while; 0: tell again."""
        return self._post(alert_id, "snooze", {"seconds": seconds})

    def write_note(self, alert_id: str, note: str) -> AlertAnswer:
        """Replace its note."""
        return self._post(alert_id, "note", {"note": note})

    def mark_false_positive(self, alert_id: str, is_false_positive: bool = True) -> AlertAnswer:
        """Say that the model was wrong, or take that back."""
        return self._post(alert_id, "false-positive", {"is_false_positive": is_false_positive})

    def picture(self, alert_id: str, *, boxes: bool = False, blur: bool = False, width: int | None = None) -> Picture:
        """The picture that it was about."""
        query = {"boxes": boxes, "blur": blur, "width": width}
        return self._connection.picture(named("alerts/{}/image.jpg", alert_id), query)

    def _post(self, alert_id: str, what: str, body: dict[str, Any]) -> AlertAnswer:
        return self._connection.read(AlertAnswer, "POST", named("alerts/{}/", alert_id) + what, json=body)


class Silences:
    """What is not told for a while."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, past: bool = False) -> Iterator[SilenceAnswer]:
        """Those that hold or will; `past`: also those that have ended."""
        return self._connection.pages(SilenceAnswer, "silences", {"past": past})

    def get(self, silence_id: str) -> SilenceAnswer:
        """One silence."""
        return self._connection.read(SilenceAnswer, "GET", named("silences/{}", silence_id))

    def add(self, **fields: Any) -> SilenceAnswer:
        """Silence some rules, cameras, sites or tags for `seconds`."""
        return self._connection.read(SilenceAnswer, "POST", "silences", json=fields)

    def preview(self, **fields: Any) -> HiddenAnswer:
        """What such a silence would hide now."""
        return self._connection.read(HiddenAnswer, "POST", "silences/preview", json=fields)

    def end(self, silence_id: str) -> None:
        """End it now."""
        self._connection.request("DELETE", named("silences/{}", silence_id))
