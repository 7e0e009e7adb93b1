"""Was the model right? Each answer is an example that training can learn from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from common.domain.alert import Alert
from common.domain.user import Role
from console.alerts import mark_false_positive
from console.feedback import judge_alert
from console.feedback_form import NO_FACE, VerdictForm
from console.pages.parts import tag
from console.pages.visitor import Visitor
from console.texts import t

WHAT = ("mask_correct", "mask_incorrect", "no_mask", NO_FACE)

OnChange = Callable[[], Awaitable[None]]


def draw_judging(visitor: Visitor, alert: Alert, on_change: OnChange) -> None:
    """Buttons: right, false alarm; where it was called a false alarm, to take that back."""
    if alert.is_false_positive:
        button = ui.button(
            t("alerts.false_positive.undo"), icon="undo", on_click=lambda: _undo(visitor, alert, on_change)
        )
        button.props("flat no-caps")
        return
    ui.button(
        t("alerts.right"),
        icon="thumb_up",
        on_click=lambda: _judge(visitor, alert, on_change, VerdictForm(verdict="right")),
    ).props("flat no-caps")
    ui.button(t("alerts.false_positive"), icon="thumb_down", on_click=lambda: _ask(visitor, alert, on_change)).props(
        "flat no-caps"
    )


def _ask(visitor: Visitor, alert: Alert, on_change: OnChange) -> None:
    async def say(label: str | None) -> None:
        dialog.close()
        await _judge(visitor, alert, on_change, VerdictForm.model_validate({"verdict": "wrong", "label": label}))

    with ui.dialog() as dialog, tag("div", "dialog dialog-small", role="dialog", aria_label=t("alerts.false_positive")):
        tag("h2", "", t("alerts.wrong.what"))
        tag("p", "muted", alert.summary)
        for label in WHAT:
            ui.button(t(f"alerts.wrong.{label}"), on_click=lambda label=label: say(label)).props("outline no-caps")
        with tag("div", "dialog-end"):
            ui.button(t("cancel"), on_click=dialog.close).props("flat no-caps")
            ui.button(t("alerts.wrong.unknown"), on_click=lambda: say(None)).props("no-caps unelevated")
    dialog.open()


async def _judge(visitor: Visitor, alert: Alert, on_change: OnChange, form: VerdictForm) -> None:
    name = visitor.identity.name
    done = await visitor.act(Role.OPERATOR, lambda: judge_alert(visitor.console, alert.id, form, by=name))
    if done is not None:
        ui.notify(t("alerts.judged"), type="positive", position="top")
    await on_change()


async def _undo(visitor: Visitor, alert: Alert, on_change: OnChange) -> None:
    name = visitor.identity.name
    await visitor.act(
        Role.OPERATOR, lambda: mark_false_positive(visitor.console, alert.id, by=name, is_false_positive=False)
    )
    await on_change()
