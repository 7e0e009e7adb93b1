"""/ : the latest picture of every camera, and whether it can be trusted."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from console.pages.layout import frame
from console.pages.parts import chip, empty, legend, set_attribute, tag, title
from console.pages.visitor import Door, Visitor
from console.scene import Scene
from console.sights import Sight, SightState
from console.texts import age_text, t

REFRESH_SECONDS = 1.0

ICONS = {
    SightState.LIVE: "fiber_manual_record",
    SightState.DEGRADED: "blur_on",
    SightState.STALE: "schedule",
    SightState.DOWN: "videocam_off",
    SightState.WAITING: "hourglass_empty",
    SightState.PAUSED: "bedtime",
    SightState.DISABLED: "pause_circle",
}


def register(door: Door) -> None:
    """Add the page."""

    @ui.page("/")
    async def wall(request: Request) -> None:
        visitor = await door.enter(request)
        scene = await visitor.look(visitor.watch.scene)
        with frame(visitor, heading=t("wall.title"), place="/"):
            Wall(visitor, scene)


class Wall:
    """Cards that change in place, so that nothing flickers and the focus stays."""

    def __init__(self, visitor: Visitor, scene: Scene | None) -> None:
        self._visitor = visitor
        self._cards: dict[str, Card] = {}
        with tag("div", "head"):
            title(t("wall.title"))
            self._summary = ui.label().classes("muted").props("role=status")
            legend()
        self._grid = tag("div", "wall")
        if scene is not None:
            self._show(scene)
        ui.timer(REFRESH_SECONDS, self._refresh)

    async def _refresh(self) -> None:
        scene = await self._visitor.look(self._visitor.watch.scene)
        if scene is not None:
            self._show(scene)

    def _show(self, scene: Scene) -> None:
        watched = [sight for sight in scene.sights if sight.state is not SightState.DISABLED]
        live = sum(sight.state is SightState.LIVE for sight in watched)
        self._summary.set_text(t("wall.summary", live=live, watched=len(watched)) if watched else "")
        if [sight.camera.id for sight in scene.sights] != list(self._cards) or not scene.sights:
            self._draw(scene)
        for sight in scene.sights:
            self._cards[sight.camera.id].show(sight)

    def _draw(self, scene: Scene) -> None:
        if not scene.sights and len(self._grid.default_slot.children) == 1:
            return  # it says already that there is no camera
        self._grid.clear()
        with self._grid:
            self._cards = {sight.camera.id: Card() for sight in scene.sights}
            if not scene.sights:
                with empty(t("wall.empty"), "videocam"):
                    tag("a", "button", t("wall.empty.hint"), href="/cameras")


class Card:
    """One camera."""

    def __init__(self) -> None:
        self._root = tag("article", "card")
        with self._root:
            self._picture = tag("a", "card-picture", target="_blank")
            with self._picture:
                self._image = tag("img", loading="lazy", decoding="async")
                self._nothing = tag("span", "card-nothing", t("wall.no_picture"))
            with tag("div", "card-text"):
                with tag("div", "card-line"):
                    self._name = ui.label().classes("card-name")
                    self._badge = tag("span", "card-badge")
                with tag("div", "card-line"):
                    self._site = ui.label().classes("muted")
                    self._age = ui.label().classes("age")
                self._detail = ui.label().classes("card-detail").props("role=status")
        self._shown: tuple[str, SightState] | None = None

    def show(self, sight: Sight) -> None:
        """Change what differs."""
        camera = sight.camera
        self._name.set_text(camera.name)
        self._site.set_text(" · ".join(part for part in (camera.site, camera.location) if part))
        age = "" if sight.age_seconds is None else age_text(sight.age_seconds)
        self._age.set_text(age)
        self._detail.set_text(sight.detail)
        self._detail.set_visibility(bool(sight.detail))
        if self._shown != (sight.snapshot_id, sight.state):
            self._shown = (sight.snapshot_id, sight.state)
            self._show_picture(sight)

    def _show_picture(self, sight: Sight) -> None:
        self._root.classes(replace=f"card card-{sight.state.value}")
        set_attribute(self._root, "aria-label", f"{sight.camera.name}: {t(f'state.{sight.state.value}')}")
        self._badge.clear()
        with self._badge:
            chip(sight.state.value, t(f"state.{sight.state.value}"), ICONS[sight.state])
        has_picture = bool(sight.snapshot_id)
        self._image.set_visibility(has_picture)
        self._nothing.set_visibility(not has_picture)
        if has_picture:
            url = f"/api/v1/snapshots/{sight.snapshot_id}/image.jpg?boxes=1"
            set_attribute(self._image, "src", url)
            set_attribute(self._picture, "href", url)
            set_attribute(self._image, "alt", f"{sight.camera.name}, {t(f'state.{sight.state.value}')}")
