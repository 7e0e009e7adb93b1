"""/system : workers, queues, the parts this stands on."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from nicegui import ui

from console.pages.layout import frame
from console.pages.parts import chip, empty, row, table, tag, title
from console.pages.visitor import Door, Visitor
from console.system import read_system
from console.texts import span_text, t

REFRESH_SECONDS = 3.0


def register(door: Door) -> None:
    """Add the page."""

    @ui.page("/system")
    async def system(request: Request) -> None:
        visitor = await door.enter(request)
        with frame(visitor, heading=t("system.title"), place="/system"):
            page = SystemPage(visitor)
            await page.refresh()


class SystemPage:
    """Drawn again when something changed."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._drawn: object = None
        title(t("system.title"))
        self._body = tag("div", "stack")
        ui.timer(REFRESH_SECONDS, self.refresh, immediate=False)

    async def refresh(self) -> None:
        """Read how everything is and draw it if it changed."""
        found = await self._visitor.look(lambda: read_system(self._visitor.console))
        if found is None or found == self._drawn:
            return
        self._drawn = found
        self._body.clear()
        with self._body:
            _draw_checks(found)
            _draw_headroom(found["headroom"])
            _draw_queues(found["queues"])
            _draw_workers(found["workers"])
            _draw_leases(found["leases"])


def _draw_checks(found: dict[str, Any]) -> None:
    tag("h2", "", t("system.checks"))
    with tag("div", "panel checks"):
        for name, answer in found["checks"].items():
            is_ok = answer == "ok"
            with tag("div", "check"):
                tag("span", "strong", name)
                chip("live" if is_ok else "down", t("system.ok") if is_ok else answer, "check" if is_ok else "error")
        for name, version in found["versions"].items():
            with tag("div", "check"):
                tag("span", "strong", name)
                tag("span", "mono", version)


def _draw_headroom(headroom: dict[str, Any]) -> None:
    tag("h2", "", t("system.headroom"))
    with tag("div", "panel checks"):
        tag("p", "", headroom["sentence"])
        for part, rate in headroom["capacities"].items():
            with tag("div", "check"):
                tag("span", "strong", t(f"headroom.{part}"))
                tag("span", "mono", t("headroom.rate", rate=rate))


def _draw_queues(queues: list[dict[str, Any]]) -> None:
    names = [t(f"system.{key}") for key in ("queue", "ready", "unacked", "oldest", "dead")]
    tag("h2", "", t("system.queues"))
    with table(names, caption=t("system.queues")):
        for queue in queues:
            age = queue["oldest_age_seconds"]
            values = [
                queue["queue"],
                queue["ready"],
                queue["unacked"],
                "–" if age is None else span_text(age),
                queue["dead"],
            ]
            row(zip(names, map(str, values), strict=True))


def _draw_workers(workers: list[dict[str, str]]) -> None:
    tag("h2", "", t("system.workers"))
    if not workers:
        empty(t("system.no_workers"), "dns")
        return
    names = [t(f"system.{key}") for key in ("service", "worker", "info")]
    with table(names, caption=t("system.workers")):
        for worker in workers:
            row(zip(names, (t(worker["group"]), worker["name"], worker["info"] or "–"), strict=True))


def _draw_leases(leases: list[dict[str, Any]]) -> None:
    if not leases:
        return
    names = [t("statistics.camera"), t("system.worker")]
    tag("h2", "", t("system.leases"))
    with table(names, caption=t("system.leases")):
        for lease in leases:
            row(zip(names, (lease["camera"] or lease["name"], lease["owner"]), strict=True))
