"""/statistics : people by label, compliance and coverage over time, and per camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from urllib.parse import urlencode

from fastapi import Request
from nicegui import ui

from common.domain.prediction import Label
from common.domain.share import Share
from common.domain.statistics import Grouping, Statistics
from console.context import Console
from console.pages.chart import chart_options
from console.pages.layout import frame
from console.pages.parts import empty, row, set_attribute, table, tag, title
from console.pages.visitor import Door, Visitor
from console.statistics import Report, read_report
from console.texts import percent_text, t

REFRESH_SECONDS = 10.0


def register(door: Door) -> None:
    """Add the page."""

    @ui.page("/statistics")
    async def statistics(request: Request) -> None:
        visitor = await door.enter(request)
        cameras = await visitor.look(lambda: _camera_names(visitor.console))
        with frame(visitor, heading=t("statistics.title"), place="/statistics"):
            page = StatisticsPage(visitor, cameras or {})
            await page.refresh()


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the page shows."""

    over_time: Report
    per_camera: Report


class StatisticsPage:
    """A range of days, a chart, a table."""

    def __init__(self, visitor: Visitor, cameras: dict[str, str]) -> None:
        self._visitor = visitor
        today = visitor.console.clock().astimezone(UTC).date()
        title(t("statistics.title"))
        with tag("div", "panel controls"):
            self._first = self._date(t("statistics.from"), (today - timedelta(days=1)).isoformat())
            self._last = self._date(t("statistics.to"), today.isoformat())
            choices = {"": t("statistics.all"), **cameras}
            self._camera = ui.select(choices, value="", label=t("statistics.camera"), on_change=self.refresh)
            groupings = {Grouping.HOUR: t("statistics.hour"), Grouping.DAY: t("statistics.day")}
            self._by = ui.select(groupings, value=Grouping.HOUR, label=t("statistics.by"), on_change=self.refresh)
            for field in (self._camera, self._by):
                field.props("outlined dense")
            self._csv = tag("a", "button", t("statistics.csv"), download="")
        self._tiles = tag("div", "tiles")
        self._empty = empty(t("statistics.empty"), "bar_chart")
        with tag("div", "panel chart-panel", role="img", aria_label=t("statistics.chart")) as self._chart_panel:
            self._chart = ui.echart(chart_options([])).classes("chart")
        self._table = tag("div", "stack")
        ui.timer(REFRESH_SECONDS, self.refresh, immediate=False)

    def _date(self, label: str, value: str) -> ui.input:
        field = ui.input(label, value=value, on_change=self.refresh)
        return field.props("outlined dense type=date stack-label debounce=400")

    async def refresh(self) -> None:
        """Read the numbers of the chosen days and draw them."""
        span = self._span()
        if span is None:
            return
        start, end = span
        console, camera_id, by = self._visitor.console, self._camera.value or None, self._by.value
        self._link(start, end, camera_id, by)
        figures = await self._visitor.look(
            lambda: Figures(
                over_time=read_report(console, by=by, start=start, end=end, camera_id=camera_id),
                per_camera=read_report(console, by=Grouping.CAMERA, start=start, end=end, camera_id=camera_id),
            )
        )
        if figures is not None:
            self._show(figures)

    def _span(self) -> tuple[datetime, datetime] | None:
        try:
            start = datetime.fromisoformat(self._first.value).replace(tzinfo=UTC)
            end = datetime.fromisoformat(self._last.value).replace(tzinfo=UTC) + timedelta(days=1)
        except (TypeError, ValueError):
            start = end = datetime.min.replace(tzinfo=UTC)
        is_right = start < end
        self._last.error = None if is_right else t("statistics.bad_range")
        return (start, end) if is_right else None

    def _link(self, start: datetime, end: datetime, camera_id: str | None, by: Grouping) -> None:
        query = {"format": "csv", "by": by.value, "from": start.isoformat(), "to": end.isoformat()}
        if camera_id:
            query["camera"] = camera_id
        set_attribute(self._csv, "href", f"/api/v1/statistics?{urlencode(query)}")

    def _show(self, figures: Figures) -> None:
        rows = figures.over_time.rows
        self._empty.set_visibility(not rows)
        self._chart_panel.set_visibility(bool(rows))
        options = chart_options(rows)
        if options != self._chart.options:
            self._chart.options.clear()
            self._chart.options.update(options)
            self._chart.update()
        self._tiles.clear()
        with self._tiles:
            draw_tiles(total(rows))
        self._table.clear()
        with self._table:
            if figures.per_camera.rows:
                draw_table(figures.per_camera)


def total(rows: Sequence[Statistics]) -> Statistics:
    """The sum of all rows."""
    return reduce(Statistics.plus, rows, Statistics())


def draw_tiles(numbers: Statistics) -> None:
    """The sums, each with what it is a share of."""
    for name, value, hint in (
        (t("statistics.people"), f"{sum(numbers.people.values()):,}", ""),
        (t("statistics.compliance"), _share_text(numbers.compliance), t("statistics.compliance.hint")),
        (t("statistics.coverage"), percent_text(numbers.coverage), t("statistics.coverage.hint")),
        (t("statistics.alerts"), f"{numbers.alerts:,}", ""),
    ):
        with tag("div", "tile panel"):
            tag("div", "tile-name", name)
            tag("div", "tile-value", value)
            tag("div", "small muted", hint)


def draw_table(report: Report) -> None:
    """One row per camera."""
    labels = {label: t(f"label.{label.value}") for label in Label}
    other = [t(f"statistics.{key}") for key in ("camera", "scheduled", "coverage", "compliance", "alerts")]
    tag("h2", "", t("statistics.per_camera"))
    with table([*other[:3], *labels.values(), *other[3:]], caption=t("statistics.per_camera")):
        for line in report.rows:
            cells = [
                (other[0], report.names.get(line.camera_id or "") or t("alerts.unknown_camera")),
                (other[1], f"{line.scheduled:,}"),
                (other[2], percent_text(line.coverage)),
                *((text, _counts_text(line, label)) for label, text in labels.items()),
                (other[3], _share_text(line.compliance)),
                (other[4], f"{line.alerts:,}"),
            ]
            row(cells)


def _counts_text(line: Statistics, label: Label) -> str:
    faces = t("statistics.of_faces", count=f"{line.faces.get(label, 0):,}")
    return f"{line.people.get(label, 0):,} ({faces})"


def _share_text(share: Share | None) -> str:
    return "–" if share is None else f"{100 * share.value:.1f} % ({100 * share.low:.0f}–{100 * share.high:.0f})"


def _camera_names(console: Console) -> dict[str, str]:
    with console.repository.begin() as unit:
        return {camera.id: camera.name for camera in unit.cameras.list()}
