"""/alerts : what people were told, newest first."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from console.dossiers import Filter, find_dossiers
from console.pages.alert_card import draw_alert
from console.pages.layout import frame
from console.pages.parts import empty, tag, title
from console.pages.visitor import Door, Visitor
from console.texts import t

REFRESH_SECONDS = 2.0
STEP = 25  # alerts shown at first, and more at each click


def register(door: Door) -> None:
    """Add the page."""

    @ui.page("/alerts")
    async def alerts(request: Request) -> None:
        visitor = await door.enter(request)
        with frame(visitor, heading=t("alerts.title"), place="/alerts"):
            page = AlertList(visitor)
            await page.refresh()


class AlertList:
    """The newest alerts; drawn again only when one changed."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._limit = STEP
        self._drawn: object = None
        with tag("div", "head"):
            title(t("alerts.title"))
            choices = {choice: t(f"alerts.{choice.value}") for choice in Filter}
            self._filter = ui.toggle(choices, value=Filter.ALL, on_change=self.refresh)
            self._filter.props(f'no-caps unelevated aria-label="{t("alerts.filter")}"').classes("filter")
        self._list = tag("div", "alerts")
        self._more = ui.button(t("alerts.more"), on_click=self._show_more).props("flat no-caps")
        ui.timer(REFRESH_SECONDS, self.refresh, immediate=False)

    async def refresh(self) -> None:
        """Read the alerts and draw them if they changed."""
        console, wanted = self._visitor.console, self._filter.value
        found = await self._visitor.look(lambda: find_dossiers(console, wanted, limit=self._limit + 1))
        if found is None:
            return
        self._more.set_visibility(len(found) > self._limit)
        found = found[: self._limit]
        if found == self._drawn:
            return
        self._drawn = found
        self._list.clear()
        with self._list:
            for dossier in found:
                draw_alert(self._visitor, dossier, on_change=self.refresh)
            if not found:
                empty(t("alerts.empty"), "notifications_none")

    async def _show_more(self) -> None:
        self._limit += STEP
        await self.refresh()
