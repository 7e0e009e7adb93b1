"""/alerts : what people were told, newest first, and each alert by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import Request
from nicegui import ui

from common.domain.alert import Alert, AlertState
from common.domain.user import Role
from console.alerts import acknowledge, mark_false_positive
from console.dossiers import Dossier, Filter, find_dossiers, read_dossier
from console.pages.layout import frame
from console.pages.parts import chip, empty, tag, title
from console.pages.visitor import Door, Visitor
from console.texts import span_text, t, time_text

REFRESH_SECONDS = 2.0
STEP = 25  # alerts shown at first, and more at each click

SEVERITY_ICONS = {"info": "info", "warning": "warning", "critical": "report"}


def register(door: Door) -> None:
    """Add the pages."""

    @ui.page("/alerts")
    async def alerts(request: Request) -> None:
        visitor = await door.enter(request)
        with frame(visitor, heading=t("alerts.title"), place="/alerts"):
            page = AlertList(visitor)
            await page.refresh()

    @ui.page("/alerts/{alert_id}")
    async def alert(request: Request, alert_id: str) -> None:
        visitor = await door.enter(request)
        with frame(visitor, heading=t("alerts.title"), place="/alerts"):
            page = AlertPage(visitor, alert_id)
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


class AlertPage:
    """One alert: what a message's link leads to."""

    def __init__(self, visitor: Visitor, alert_id: str) -> None:
        self._visitor = visitor
        self._alert_id = alert_id
        self._drawn: object = None
        tag("a", "back", f"← {t('alerts.back')}", href="/alerts")
        title(t("alerts.title")).classes("visually-hidden")
        self._body = tag("div", "alerts alerts-single")
        ui.timer(REFRESH_SECONDS, self.refresh, immediate=False)

    async def refresh(self) -> None:
        """Read the alert and draw it if it changed."""
        console = self._visitor.console
        found = await self._visitor.look(lambda: [read_dossier(console, self._alert_id)])
        if found is None or found == self._drawn:
            return
        self._drawn = found
        self._body.clear()
        with self._body:
            if found[0] is None:
                empty(t("alerts.missing"), "search_off")
            else:
                draw_alert(self._visitor, found[0], on_change=self.refresh)


def draw_alert(visitor: Visitor, dossier: Dossier, *, on_change: Callable[[], Awaitable[None]]) -> None:
    """One alert with its picture and what can be done about it."""
    alert = dossier.alert
    with tag("article", f"alert alert-{alert.state.value} severity-{alert.severity.value}", aria_label=alert.summary):
        if alert.image_key:
            url = f"/api/v1/alerts/{alert.id}/image.jpg?boxes=1"
            with tag("a", "alert-picture", href=url, target="_blank"):
                tag("img", src=url, alt=t("alerts.picture"), loading="lazy")
        with tag("div", "alert-text"):
            with tag("div", "chips"):
                _chips(alert)
            with tag("h2", "alert-summary"):
                tag("a", "", alert.summary, href=f"/alerts/{alert.id}")
            _facts(dossier, visitor.console.clock())
            if alert.note:
                tag("p", "note", alert.note)
            if visitor.may(Role.OPERATOR):
                with tag("div", "actions"):
                    _actions(visitor, alert, on_change)


def _chips(alert: Alert) -> None:
    chip(
        f"severity-{alert.severity.value}", t(f"severity.{alert.severity.value}"), SEVERITY_ICONS[alert.severity.value]
    )
    is_firing = alert.state is AlertState.FIRING
    chip("down" if is_firing else "paused", t(f"alert.{alert.state.value}"), "sensors" if is_firing else "done")
    if alert.acknowledged_at is not None:
        chip("live", t("alerts.acknowledged", name=alert.acknowledged_by or ""), "check")
    if alert.is_false_positive:
        chip("paused", t("alerts.false_positive"), "thumb_down")


def _facts(dossier: Dossier, now: datetime) -> None:
    alert = dossier.alert
    place = " · ".join(part for part in (dossier.camera_name, dossier.site, dossier.location) if part)
    with tag("dl", "facts"):
        for name, value in (
            (t("alerts.place"), place or t("alerts.unknown_camera")),
            (t("alerts.fired"), time_text(alert.fired_at)),
            (t("alerts.duration"), span_text(((alert.resolved_at or now) - alert.fired_at).total_seconds())),
            (t("alerts.rule"), dossier.rule_name or "–"),
            (t("alerts.count"), str(alert.count)),
        ):
            with tag("div"):
                tag("dt", "", name)
                tag("dd", "", value)


def _actions(visitor: Visitor, alert: Alert, on_change: Callable[[], Awaitable[None]]) -> None:
    if alert.acknowledged_at is None:
        ui.button(t("alerts.acknowledge"), icon="check", on_click=lambda: _ask_note(visitor, alert, on_change)).props(
            "no-caps unelevated"
        )
    wanted = not alert.is_false_positive

    async def judge() -> None:
        name = visitor.identity.name
        await visitor.act(
            Role.OPERATOR,
            lambda: mark_false_positive(visitor.console, alert.id, by=name, is_false_positive=wanted),
        )
        await on_change()

    label = t("alerts.false_positive" if wanted else "alerts.false_positive.undo")
    ui.button(label, icon="thumb_down" if wanted else "undo", on_click=judge).props("flat no-caps")


def _ask_note(visitor: Visitor, alert: Alert, on_change: Callable[[], Awaitable[None]]) -> None:
    async def confirm() -> None:
        note, name = str(field.value or "").strip(), visitor.identity.name
        dialog.close()
        done = await visitor.act(Role.OPERATOR, lambda: acknowledge(visitor.console, alert.id, by=name, note=note))
        if done is not None:
            ui.notify(t("alerts.acknowledged.done"), type="positive", position="top")
        await on_change()

    with ui.dialog() as dialog, tag("div", "dialog dialog-small", role="dialog", aria_label=t("alerts.acknowledge")):
        tag("h2", "", t("alerts.acknowledge"))
        tag("p", "muted", alert.summary)
        field = ui.textarea(t("alerts.note"), placeholder=t("alerts.note.placeholder"))
        field.props("outlined autogrow autofocus maxlength=2000").classes("wide")
        with tag("div", "dialog-end"):
            ui.button(t("cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(t("alerts.acknowledge"), on_click=confirm).props("no-caps unelevated")
    dialog.open()
