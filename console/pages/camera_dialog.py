"""The dialog that adds or edits a camera, with a live test before anything is saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from common.domain.camera import Camera
from common.domain.probe import Probe
from common.domain.user import Role
from console.camera_form import CameraForm, camera_fields
from console.cameras import (
    Finding,
    add_camera,
    change_camera,
    draft_camera,
    saved_camera,
    still_url,
    try_camera,
)
from console.errors import InvalidForm
from console.forms import validate
from console.pages.parts import chip, tag, write
from console.pages.visitor import Visitor
from console.texts import t

NEW = {"name": "", "url": "", "interval_seconds": 5.0, "weight": 1.0, "enabled": True, "blur_faces": False, "tags": []}


class CameraDialog:
    """A form over the fields of a camera; zones and schedule stay as they are."""

    def __init__(self, visitor: Visitor, *, camera: Camera | None, on_saved: Callable[[], Awaitable[None]]) -> None:
        self._visitor = visitor
        self._camera = camera
        self._on_saved = on_saved
        self._fields: dict[str, Any] = {}
        heading = t("cameras.edit" if camera else "cameras.add")
        with ui.dialog() as self._dialog, tag("div", "dialog", role="dialog", aria_label=heading):
            tag("h2", "", heading)
            self._draw_fields(camera_fields(camera) if camera else NEW)
            self._result = tag("div", "finding", aria_live="polite")
            with tag("div", "dialog-end"):
                self._test_button = ui.button(t("cameras.test"), icon="play_circle", on_click=self._test)
                self._test_button.props("outline no-caps")
                tag("span", "spacer")
                ui.button(t("cancel"), on_click=self._dialog.close).props("flat no-caps")
                ui.button(t("save"), on_click=self._save).props("no-caps unelevated")

    def open(self) -> None:
        """Show it."""
        self._dialog.open()

    def _draw_fields(self, values: dict[str, Any]) -> None:
        with tag("div", "fields"):
            self._text("name", values)
            self._text("url", values).props(f'hint="{t("cameras.url.hint")}"')
            with tag("div", "fields-pair"):
                self._text("username", values).props("autocomplete=off")
                kept = f'hint="{t("cameras.password.kept")}"' if self._camera and self._camera.password else ""
                password = ui.input(t("cameras.password"), password=True, password_toggle_button=True)
                self._fields["password"] = password.props(f"outlined dense autocomplete=new-password {kept}")
            with tag("div", "fields-pair"):
                self._text("site", values)
                self._text("location", values)
            with tag("div", "fields-pair"):
                interval = ui.number(t("cameras.interval"), value=values["interval_seconds"], min=0.5, max=3600)
                self._fields["interval_seconds"] = interval.props("outlined dense")
                weight = ui.number(t("cameras.weight"), value=values["weight"], min=0.01, max=100)
                self._fields["weight"] = weight.props(f'outlined dense hint="{t("cameras.weight.hint")}"')
            tags = ui.input(t("cameras.tags"), value=", ".join(values.get("tags", [])))
            self._fields["tags"] = tags.props("outlined dense")
            with tag("div", "fields-pair"):
                self._fields["enabled"] = ui.switch(t("cameras.enabled"), value=values["enabled"])
                self._fields["blur_faces"] = ui.switch(t("cameras.blur"), value=values["blur_faces"])

    def _text(self, name: str, values: dict[str, Any]) -> ui.input:
        field = ui.input(t(f"cameras.{name}"), value=values.get(name) or "").props("outlined dense")
        self._fields[name] = field
        return field

    def _values(self) -> dict[str, Any]:
        values = {name: field.value for name, field in self._fields.items()}
        values["tags"] = [part.strip() for part in (values["tags"] or "").split(",") if part.strip()]
        values["username"] = values["username"] or None
        if not values["password"]:
            values.pop("password")  # an empty field keeps the saved one
        return values

    async def _test(self) -> None:
        self._clear_errors()
        self._result.clear()
        with self._result, tag("div", "finding-wait"):
            ui.spinner(size="sm")
            write(t("cameras.testing"))
        self._test_button.disable()
        finding = await self._try(lambda: try_camera(self._visitor.console, self._draft()))
        self._test_button.enable()
        self._result.clear()
        if finding is not None:
            with self._result:
                _show_finding(finding)

    def _draft(self) -> Camera:
        console, values = self._visitor.console, self._values()
        if self._camera is not None:
            return saved_camera(console, self._camera.id, values)
        return draft_camera(console, validate(CameraForm, values))

    async def _save(self) -> None:
        self._clear_errors()
        console, values, camera = self._visitor.console, self._values(), self._camera
        saved = await self._try(
            lambda: (
                change_camera(console, camera.id, values)
                if camera
                else add_camera(console, validate(CameraForm, values))
            )
        )
        if saved is not None:
            self._dialog.close()
            ui.notify(t("cameras.saved"), type="positive", position="top")
            await self._on_saved()

    async def _try(self, act: Callable[[], Any]) -> Any:
        try:
            return await self._visitor.act(Role.ADMIN, act)
        except InvalidForm as exc:
            for error in exc.errors:
                self._show_error(error.field, error.message)
        return None

    def _show_error(self, name: str, message: str) -> None:
        field = self._fields.get(name.partition("[")[0])
        if isinstance(field, ValidationElement):
            field.error = message[:1].upper() + message[1:]
        else:
            ui.notify(f"{name}: {message}", type="negative", position="top")

    def _clear_errors(self) -> None:
        for field in self._fields.values():
            if isinstance(field, ValidationElement):
                field.error = None


def _show_finding(finding: Finding) -> None:
    if finding.probe is None:
        with tag("div", "finding-bad", role="alert"):
            chip("down", t("cameras.failed"), "error")
            tag("p", "", finding.detail)
            tag("code", "small muted", finding.code)
        return
    with tag("div", "finding-good"):
        tag("img", src=still_url(finding.probe), alt=t("cameras.still"))
        with tag("div"):
            chip("live", t("cameras.works"), "check_circle")
            for line in _stream_lines(finding.probe):
                tag("p", "", line)


def _stream_lines(probe: Probe) -> list[str]:
    fps = f" · {probe.fps:g} fps" if probe.fps else ""
    lines = [t("cameras.stream", codec=probe.codec.upper(), width=probe.width, height=probe.height, fps=fps)]
    if probe.keyframe_interval_seconds:
        lines.append(t("cameras.keyframes", seconds=round(probe.keyframe_interval_seconds, 2)))
    if probe.bytes_per_second:
        lines.append(t("cameras.traffic", megabits=8 * probe.bytes_per_second / 1e6))
    lines.append(t("cameras.cost", milliseconds=probe.shot_cpu_ms))
    lines.append(t("cameras.opened", seconds=probe.open_seconds))
    return lines
