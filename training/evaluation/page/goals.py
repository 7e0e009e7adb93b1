"""The goals, each with its figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.evaluation.goals import verdict
from training.evaluation.page.markup import Content, Markup, joined, spread, table, tag


def goal_section(report: Mapping[str, Any]) -> Markup:
    """What was wanted, what is, and whether that is enough."""
    goals = report["goals"]
    if not goals:
        return tag("p", "No goal is set for these sources.", class_="quiet")
    reached = sum(row["reached"] for row in goals)
    return joined(
        [
            tag("h2", f"Goals: {reached} of {len(goals)} reached"),
            tag(
                "p",
                "Where the interval holds the goal, the pictures are too few to tell. The goals for the pair name no "
                "size of face, so both sizes are held against them.",
                class_="quiet",
            ),
            table(("goal", "pictures", "wanted", "figure", "verdict"), map(_row, goals), class_="goals"),
        ]
    )


def _row(row: Mapping[str, Any]) -> tuple[Content, ...]:
    sign = "≤" if row["at_most"] else "≥"
    colour = "reached" if row["reached"] else "missed"
    says = tag("span", verdict(row), class_=colour)
    value = joined([tag("b", f"{row['value']:.4f}"), *spread(row)])  # one digit more: 0.9848 does not reach 0.985
    return row["what"], row["where"], f"{sign} {row['wanted']:g}", value, says
