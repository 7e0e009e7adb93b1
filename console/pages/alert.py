"""/alerts/{id} : one alert, what a message's link leads to; who was told of it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import ui

from console.alert_history import read_history
from console.dossiers import read_dossier
from console.pages.alert_card import draw_alert
from console.pages.layout import frame
from console.pages.parts import empty, row, table, tag, title
from console.pages.visitor import Door, Visitor
from console.texts import t, time_text

REFRESH_SECONDS = 2.0


def register(door: Door) -> None:
    """Add the page."""

    @ui.page("/alerts/{alert_id}")
    async def alert(request: Request, alert_id: str) -> None:
        visitor = await door.enter(request)
        with frame(visitor, heading=t("alerts.title"), place="/alerts"):
            page = AlertPage(visitor, alert_id)
            await page.refresh()


class AlertPage:
    """Drawn again only when something changed."""

    def __init__(self, visitor: Visitor, alert_id: str) -> None:
        self._visitor = visitor
        self._alert_id = alert_id
        self._drawn: object = None
        tag("a", "back", f"← {t('alerts.back')}", href="/alerts")
        title(t("alerts.title")).classes("visually-hidden")
        self._body = tag("div", "alerts alerts-single")
        self._history = tag("div", "stack")
        ui.timer(REFRESH_SECONDS, self.refresh, immediate=False)

    async def refresh(self) -> None:
        """Read the alert and draw it if it changed."""
        console, alert_id = self._visitor.console, self._alert_id
        found = await self._visitor.look(lambda: (read_dossier(console, alert_id), read_history(console, alert_id)))
        if found is None or found == self._drawn:
            return
        self._drawn = found
        dossier, history = found
        self._body.clear()
        self._history.clear()
        with self._body:
            if dossier is None:
                empty(t("alerts.missing"), "search_off")
            else:
                draw_alert(self._visitor, dossier, on_change=self.refresh)
        if dossier is not None and history is not None:
            with self._history:
                _draw_messages(history["messages"])
                _draw_decisions(history["decisions"])


def _draw_messages(messages: Sequence[Mapping[str, Any]]) -> None:
    tag("h2", "", t("alerts.messages"))
    if not messages:
        tag("p", "muted", t("alerts.messages.none"))
        return
    names = [t(f"message.{name}") for name in ("made", "kind", "receiver", "state", "sent", "attempts", "error")]
    with table(names, caption=t("alerts.messages")):
        for message in messages:
            cells = (
                time_text(message["created_at"]),
                t(f"message.kind.{message['kind']}"),
                message["receiver"] or t("message.receiver.gone"),
                t(f"message.state.{message['state']}"),
                _time(message["sent_at"]),
                str(message["attempts"]),
                message["error"] or "–",
            )
            row(zip(names, cells, strict=True))


def _draw_decisions(decisions: Sequence[Mapping[str, Any]]) -> None:
    tag("h2", "", t("alerts.decisions"))
    if not decisions:
        tag("p", "muted", t("alerts.decisions.none"))
        return
    names = [t(f"decision.{name}") for name in ("at", "stage", "verdict", "reason")]
    with table(names, caption=t("alerts.decisions")):
        for said in decisions:
            cells = (time_text(said["at"]), said["stage"], t(f"decision.verdict.{said['verdict']}"), said["reason"])
            row(zip(names, cells, strict=True))


def _time(at: datetime | None) -> str:
    return "–" if at is None else time_text(at)
