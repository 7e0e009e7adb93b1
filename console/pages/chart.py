"""The statistics chart: stacked people by label, with compliance and coverage as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from common.domain.prediction import Label
from common.domain.statistics import Statistics
from console.pages.parts import LABEL_COLORS
from console.texts import t

INK = "#7a8896"  # readable on light and dark ground alike
GRID = "rgba(122,136,150,0.25)"


def chart_options(rows: Sequence[Statistics]) -> dict[str, Any]:
    """What Apache ECharts draws of rows in rising time."""
    compliances = [share.value if (share := row.compliance) else None for row in rows]
    return {
        "animation": False,
        "textStyle": {"color": INK, "fontFamily": "inherit"},
        "color": [*LABEL_COLORS.values()],
        "tooltip": {"trigger": "axis", "confine": True},
        "legend": {"top": 0, "type": "scroll", "textStyle": {"color": INK}},
        "grid": {"left": 8, "right": 8, "top": 64, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [f"{row.start:%m-%d %H:%M}" if row.start else "" for row in rows],
            "axisLine": {"lineStyle": {"color": GRID}},
            "axisLabel": {"color": INK, "hideOverlap": True},
        },
        "yAxis": [
            {**_axis(t("statistics.people")), "minInterval": 1},
            {**_axis("%"), "min": 0, "max": 100, "splitLine": {"show": False}},
        ],
        "series": [
            *(_bar(label, [row.people.get(label, 0) for row in rows]) for label in Label),
            _line(t("statistics.compliance"), compliances, color="#0072b2", dash="solid"),
            _line(t("statistics.coverage"), [row.coverage for row in rows], color="#cc79a7", dash="dashed"),
        ],
    }


def _axis(name: str) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameTextStyle": {"color": INK},
        "nameGap": 10,
        "axisLabel": {"color": INK},
        "splitLine": {"lineStyle": {"color": GRID}},
    }


def _bar(label: Label, counts: list[int]) -> dict[str, Any]:
    return {"type": "bar", "name": t(f"label.{label.value}"), "stack": "people", "data": counts, "barMaxWidth": 36}


def _line(name: str, shares: list[float | None], *, color: str, dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "yAxisIndex": 1,
        "data": [None if share is None else round(100 * share, 1) for share in shares],
        "connectNulls": False,
        "symbol": "circle",
        "symbolSize": 7,
        "itemStyle": {"color": color},
        "lineStyle": {"color": color, "type": dash, "width": 2},
    }
