"""The short table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from training.evaluation.goals import verdict

HEADS = (
    "condition",
    "source",
    "AP50",
    "12-24 px",
    "24-48 px",
    ">48 px",
    "accuracy",
    "balanced",
    "mAP50 x3",
    "mAP50 x2",
)


def table(report: Mapping[str, Any]) -> str:
    """Figures of the pair, AP50 of its peers, and the goals, one line each."""
    rows = [HEADS, *_pair_rows(report)]
    for peer, conditions in report["peers"].items():
        rows += [
            (condition, source, *_finding(part), *["-"] * 3, peer)
            for condition, parts in conditions.items()
            for source, part in parts.items()
        ]
    goals = [("goal", "source", "wanted", "figure", "", ""), *map(_goal, report["goals"])]
    return "\n".join([*_aligned(rows), "", *_aligned(goals)])


def _pair_rows(report: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for condition, parts in report["conditions"].items():
        for source, part in parts.items():
            naming, pipeline = part["naming"], part["pipeline"][">=24"]
            yield (
                condition,
                source,
                *_finding(part),
                short(naming["accuracy"]["value"]),
                short(naming["balanced_accuracy"]["value"]),
                short(pipeline["map50_three_classes"]["value"]),
                short(pipeline["map50_two_classes"]["value"]),
            )


def _finding(part: Mapping[str, Any]) -> list[str]:
    finding = part["finding"]
    return [short(finding["ap50"]["value"]), *(short(size["value"]) for size in finding["ap50_by_size"].values())]


def _goal(row: Mapping[str, Any]) -> tuple[str, ...]:
    sign = "<=" if row["at_most"] else ">="
    return (row["what"], row["where"], f"{sign} {row['wanted']:g}", f"{row['value']:.4f}", spread(row), verdict(row))


def short(value: float | None) -> str:
    """Three digits, or a dash where there is no figure."""
    return "-" if value is None else f"{value:.3f}"


def spread(row: Mapping[str, Any]) -> str:
    """The interval in brackets."""
    return f"[{row['interval'][0]:.3f}, {row['interval'][1]:.3f}]" if row["interval"] else ""


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
