"""Reports as Markdown, to be read and pasted, and as JSON, to be compared by a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from maskwatch.benchmarks.environment import Environment
from maskwatch.benchmarks.report import Cell, Figure, Report

REACHED = {True: "reached", False: "missed", None: "-"}


def to_markdown(report: Report) -> str:
    """Its figures and its tables."""
    parts = [f"## {report.name}"]
    if report.figures:
        parts.append(_table(("figure", "value", "unit", "goal", "", "how"), map(_row, report.figures)))
    for table in report.tables:
        parts += [f"### {table.title}", _table(table.columns, table.rows)]
    return "\n\n".join(parts)


def environment_line(before: Environment, after: Environment) -> str:
    """The environment as one sentence for the head of a page."""
    packages = ", ".join(f"{name} {version}" for name, version in before.packages.items())
    loads = " -> ".join(" ".join(f"{load:g}" for load in each.load.values()) for each in (before, after))
    return (
        f"{before.at:%Y-%m-%d %H:%M} UTC, commit {before.commit or 'unknown'}; {before.cores} cores of {before.cpu}; "
        f"{before.system}, Python {before.python}, {packages}; load {loads}"
    )


def to_json(reports: Sequence[Report], *, before: Environment, after: Environment) -> dict[str, Any]:
    """All of it as plain JSON values."""
    environment = {**asdict(before), "at": before.at.isoformat(), "load_before": before.load, "load_after": after.load}
    del environment["load"]
    return {
        "environment": environment,
        "finished_at": after.at.isoformat(),
        "benchmarks": [
            {
                "name": report.name,
                "models": list(report.models),
                "figures": [_plain(figure) for figure in report.figures],
                "tables": [asdict(table) for table in report.tables],
            }
            for report in reports
        ],
    }


def _plain(figure: Figure) -> dict[str, Any]:
    return {**asdict(figure), "is_reached": figure.is_reached}


def _row(figure: Figure) -> tuple[Cell, ...]:
    goal = str(figure.goal) if figure.goal else "-"
    return figure.name, figure.value, figure.unit, goal, REACHED[figure.is_reached], figure.how


def _table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    lines = [columns, ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Cell) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value.replace("|", "/")
