"""An alert as it is drawn in the list and by itself, and what can be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from nicegui import ui

from common.domain.alert import Alert, AlertState
from common.domain.user import Role
from console.alerts import acknowledge, snooze, write_note
from console.dossiers import Dossier
from console.pages.judging import draw_judging
from console.pages.parts import chip, tag
from console.pages.visitor import Visitor
from console.texts import reason_text, span_text, t, time_text

SEVERITY_ICONS = {"info": "info", "warning": "warning", "critical": "report"}
SNOOZES = (900, 3600, 8 * 3600, 86_400)  # seconds

OnChange = Callable[[], Awaitable[None]]


def draw_alert(visitor: Visitor, dossier: Dossier, *, on_change: OnChange) -> None:
    """One alert with its picture and what can be done about it."""
    alert = dossier.alert
    with tag("article", f"alert alert-{alert.state.value} severity-{alert.severity.value}", aria_label=alert.summary):
        if alert.image_key:
            url = f"/api/v1/alerts/{alert.id}/image.jpg?boxes=1"
            with tag("a", "alert-picture", href=url, target="_blank"):
                tag("img", src=url, alt=t("alerts.picture"), loading="lazy")
        with tag("div", "alert-text"):
            with tag("div", "chips"):
                _chips(alert, visitor.console.clock())
            with tag("h2", "alert-summary"):
                tag("a", "", alert.summary, href=f"/alerts/{alert.id}")
            _facts(dossier, visitor.console.clock())
            if alert.note:
                tag("p", "note", alert.note)
            if visitor.may(Role.OPERATOR):
                with tag("div", "actions"):
                    _actions(visitor, alert, on_change)


def _chips(alert: Alert, now: datetime) -> None:
    chip(
        f"severity-{alert.severity.value}", t(f"severity.{alert.severity.value}"), SEVERITY_ICONS[alert.severity.value]
    )
    is_firing = alert.state is AlertState.FIRING
    chip("down" if is_firing else "paused", t(f"alert.{alert.state.value}"), "sensors" if is_firing else "done")
    if alert.acknowledged_at is not None:
        chip("live", t("alerts.acknowledged", name=alert.acknowledged_by or ""), "check")
    if alert.is_false_positive:
        chip("paused", t("alerts.false_positive"), "thumb_down")
    if _is_snoozed(alert, now):
        chip("paused", t("alerts.snoozed", time=time_text(alert.snoozed_until or now)), "snooze")


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
            *([(t("alerts.reason"), reason_text(alert.reason))] if alert.reason else []),
        ):
            with tag("div"):
                tag("dt", "", name)
                tag("dd", "", value)


def _actions(visitor: Visitor, alert: Alert, on_change: OnChange) -> None:
    if alert.acknowledged_at is None:
        ui.button(t("alerts.acknowledge"), icon="check", on_click=lambda: _ask_note(visitor, alert, on_change)).props(
            "no-caps unelevated"
        )
    if alert.state is AlertState.FIRING:
        _snooze_button(visitor, alert, on_change)
    ui.button(t("alerts.note"), icon="edit", on_click=lambda: _ask_new_note(visitor, alert, on_change)).props(
        "flat no-caps"
    )
    draw_judging(visitor, alert, on_change)


def _snooze_button(visitor: Visitor, alert: Alert, on_change: OnChange) -> None:
    async def put_off(seconds: float) -> None:
        name = visitor.identity.name
        await visitor.act(Role.OPERATOR, lambda: snooze(visitor.console, alert.id, by=name, seconds=seconds))
        await on_change()

    with ui.button(t("alerts.snooze"), icon="snooze").props("flat no-caps"), ui.menu().props("auto-close"):
        if _is_snoozed(alert, visitor.console.clock()):
            ui.menu_item(t("alerts.snooze.end"), on_click=lambda: put_off(0))
        for seconds in SNOOZES:
            ui.menu_item(t("alerts.snooze.for", span=span_text(seconds)), on_click=lambda wait=seconds: put_off(wait))


def _is_snoozed(alert: Alert, now: datetime) -> bool:
    is_firing = alert.state is AlertState.FIRING
    return is_firing and alert.snoozed_until is not None and now < alert.snoozed_until


def _ask_note(visitor: Visitor, alert: Alert, on_change: OnChange) -> None:
    async def confirm(note: str) -> None:
        name = visitor.identity.name
        done = await visitor.act(Role.OPERATOR, lambda: acknowledge(visitor.console, alert.id, by=name, note=note))
        if done is not None:
            ui.notify(t("alerts.acknowledged.done"), type="positive", position="top")
        await on_change()

    _note_dialog(alert, heading=t("alerts.acknowledge"), note="", doing=t("alerts.acknowledge"), confirm=confirm)


def _ask_new_note(visitor: Visitor, alert: Alert, on_change: OnChange) -> None:
    async def confirm(note: str) -> None:
        name = visitor.identity.name
        await visitor.act(Role.OPERATOR, lambda: write_note(visitor.console, alert.id, by=name, note=note))
        await on_change()

    _note_dialog(alert, heading=t("alerts.note"), note=alert.note, doing=t("save"), confirm=confirm)


def _note_dialog(
    alert: Alert, *, heading: str, note: str, doing: str, confirm: Callable[[str], Awaitable[None]]
) -> None:
    async def close() -> None:
        dialog.close()
        await confirm(str(field.value or "").strip())

    with ui.dialog() as dialog, tag("div", "dialog dialog-small", role="dialog", aria_label=heading):
        tag("h2", "", heading)
        tag("p", "muted", alert.summary)
        field = ui.textarea(t("alerts.note"), value=note, placeholder=t("alerts.note.placeholder"))
        field.props("outlined autogrow autofocus maxlength=2000").classes("wide")
        with tag("div", "dialog-end"):
            ui.button(t("cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(doing, on_click=close).props("no-caps unelevated")
    dialog.open()
