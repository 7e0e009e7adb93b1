"""/cameras : the list, with adding, editing, switching off and removing."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from common.domain.camera import Camera
from common.domain.user import Role
from console.cameras import change_camera, remove_camera
from console.context import Console
from console.pages.camera_dialog import CameraDialog
from console.pages.layout import frame
from console.pages.parts import chip, empty, table, tag, title, write
from console.pages.visitor import Door, Visitor
from console.pages.wall import ICONS
from console.scene import read_scene
from console.sights import Sight
from console.texts import t

REFRESH_SECONDS = 2.0


def register(door: Door) -> None:
    """Add the page."""

    @ui.page("/cameras")
    async def cameras(request: Request) -> None:
        visitor = await door.enter(request)
        with frame(visitor, heading=t("cameras.title"), place="/cameras"):
            page = CameraList(visitor)
            await page.refresh()


class CameraList:
    """The cameras with their states; drawn again only when something changed."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._drawn: object = None
        self._may_change = visitor.may(Role.ADMIN)
        with tag("div", "head"):
            title(t("cameras.title"))
            if self._may_change:
                ui.button(t("cameras.add"), icon="add", on_click=self._add).props("no-caps unelevated")
        self._body = tag("div")
        ui.timer(REFRESH_SECONDS, self.refresh, immediate=False)

    async def refresh(self) -> None:
        """Read the cameras and draw them if they changed."""
        scene = await self._visitor.look(lambda: read_scene(self._visitor.console))
        if scene is None:
            return
        state = [(sight.camera, sight.state, sight.detail) for sight in scene.sights]
        if state == self._drawn:
            return
        self._drawn = state
        self._body.clear()
        with self._body:
            self._draw(scene.sights)

    def _draw(self, sights: tuple[Sight, ...]) -> None:
        if not sights:
            empty(t("cameras.empty"), "videocam")
            return
        keys = ("name", "state", "url", "site", "interval.short")
        headings = [t(f"cameras.{key}") for key in keys]
        with table([*headings, t("cameras.actions")] if self._may_change else headings, caption=t("cameras.title")):
            for sight in sights:
                with tag("tr"):
                    self._row(sight, headings)

    def _row(self, sight: Sight, headings: list[str]) -> None:
        camera = sight.camera
        tag("td", "strong", camera.name, data_label=headings[0])
        with tag("td", data_label=headings[1]):
            chip(sight.state.value, t(f"state.{sight.state.value}"), ICONS[sight.state])
            if sight.detail:
                tag("div", "small muted", sight.detail)
        tag("td", "mono", camera.url, data_label=headings[2])
        tag("td", "", " · ".join(part for part in (camera.site, camera.location) if part), data_label=headings[3])
        with tag("td", "", f"{camera.interval_seconds:g} s", data_label=headings[4]):
            if sight.interval_seconds > camera.interval_seconds:
                tag("div", "small muted", t("cameras.stretched", seconds=sight.interval_seconds))
        if self._may_change:
            with tag("td", "actions"):
                self._actions(camera)

    def _actions(self, camera: Camera) -> None:
        switch = "disable" if camera.enabled else "enable"
        for icon, label, action in (
            ("edit", t("cameras.edit"), lambda: self._edit(camera)),
            ("pause" if camera.enabled else "play_arrow", t(f"cameras.{switch}"), lambda: self._switch(camera)),
            ("delete", t("cameras.remove"), lambda: self._confirm_removal(camera)),
        ):
            button = ui.button(icon=icon, on_click=action).props("flat round dense")
            button.props["aria-label"] = f"{label}: {camera.name}"
            button.tooltip(label)

    def _add(self) -> None:
        CameraDialog(self._visitor, camera=None, on_saved=self.refresh).open()

    def _edit(self, camera: Camera) -> None:
        CameraDialog(self._visitor, camera=camera, on_saved=self.refresh).open()

    async def _switch(self, camera: Camera) -> None:
        patch = {"enabled": not camera.enabled}
        await self._visitor.act(Role.ADMIN, lambda: change_camera(self._visitor.console, camera.id, patch))
        await self.refresh()

    def _confirm_removal(self, camera: Camera) -> None:
        async def remove() -> None:
            dialog.close()
            console = self._visitor.console
            done = await self._visitor.act(Role.ADMIN, lambda: _removed(console, camera.id))
            if done:
                ui.notify(t("cameras.removed"), type="positive", position="top")
            await self.refresh()

        with ui.dialog() as dialog, tag("div", "dialog dialog-small", role="alertdialog"):
            tag("h2", "", t("cameras.remove.title", name=camera.name))
            with tag("p", "muted"):
                write(t("cameras.remove.detail"))
            with tag("div", "dialog-end"):
                ui.button(t("cancel"), on_click=dialog.close).props("flat no-caps")
                ui.button(t("cameras.remove"), on_click=remove, color="negative").props("no-caps unelevated")
        dialog.open()


def _removed(console: Console, camera_id: str) -> bool:
    remove_camera(console, camera_id)
    return True
