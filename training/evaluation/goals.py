"""What the models must reach, as data, and what a report says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from training.evaluation.conditions import DEGRADED, ORIGINAL

KAGGLE, ILC, ALL = "kaggle853", "ilc2021", "all"
SERVER, LITE = "server", "lite"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One wanted figure. `path` says where the report holds it."""

    what: str
    path: tuple[str, ...]
    wanted: float
    where: str = ALL  # the source of the pictures; empty where none matter
    at_most: bool = False  # else at least
    detector: str = ""  # only a detector with this in its name is judged by it
    min_face: float | None = None  # px; only a report that judges faces from this size on is judged by it


def _goals(
    what: str, path: tuple[str, ...], wanted: Mapping[str, float], *, condition: str = ORIGINAL, **rest: Any
) -> Iterator[Goal]:
    for where, value in wanted.items():
        yield Goal(what=what, path=("conditions", condition, where, *path), wanted=value, where=where, **rest)


FINDING, NAMING = ("finding", "ap50"), ("naming",)
LARGE, SMALL = ("pipeline", ">=24"), ("pipeline", ">=12")
# The goals for the pair name no size of face: both sizes that the report has are held against them.
GOALS: tuple[Goal, ...] = (
    *_goals("face AP50, faces >= 12 px", FINDING, {KAGGLE: 0.95, ILC: 0.87}, detector=SERVER, min_face=12),
    *_goals("face AP50, faces >= 12 px", FINDING, {KAGGLE: 0.93, ILC: 0.84}, detector=LITE, min_face=12),
    Goal(
        what="milliseconds per picture",
        path=("conditions", ORIGINAL, ALL, "finding", "milliseconds"),
        wanted=15,
        at_most=True,
        detector=LITE,
    ),
    *_goals(
        "face AP50, faces >= 12 px, degraded copies",
        FINDING,
        {KAGGLE: 0.87, ILC: 0.83},
        condition=DEGRADED,
        detector=SERVER,
        min_face=12,
    ),
    *_goals(
        "face AP50, faces of 12-24 px, degraded copies",
        ("finding", "ap50_by_size", "12-24"),
        {ALL: 0.75},
        condition=DEGRADED,
        detector=SERVER,
    ),
    *_goals("accuracy, three classes, faces >= 24 px", (*NAMING, "accuracy"), {KAGGLE: 0.96, ILC: 0.94}),
    *_goals(
        "balanced accuracy, three classes, faces >= 24 px", (*NAMING, "balanced_accuracy"), {KAGGLE: 0.88, ILC: 0.88}
    ),
    *_goals(
        "recall of wrongly worn at precision 0.70, faces >= 24 px",
        (*NAMING, "mask_incorrect_recall_at_precision_0.70"),
        {ALL: 0.80},
    ),
    *(
        goal
        for faces, path in (("faces >= 24 px", LARGE), ("faces >= 12 px", SMALL))
        for goal in (
            *_goals(
                f"mask or none, {faces} that are found", (*path, "mask_or_none_of_found"), {KAGGLE: 0.985, ILC: 0.97}
            ),
            *_goals(
                f"mask or none, {faces}, unfound ones wrong",
                (*path, "mask_or_none_with_unfound"),
                {KAGGLE: 0.96, ILC: 0.93},
            ),
            *_goals(f"mAP50, three classes, {faces}", (*path, "map50_three_classes"), {KAGGLE: 0.76, ILC: 0.72}),
            *_goals(f"mAP50, two classes, {faces}", (*path, "map50_two_classes"), {KAGGLE: 0.90, ILC: 0.84}),
        )
    ),
    Goal(what="megabytes, all shipped weights", path=("shipped_megabytes",), wanted=40, where="", at_most=True),
    Goal(what="megabytes", path=("detector", "megabytes"), wanted=2.5, where="", at_most=True, detector=LITE),
)


def hold_against(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every goal that this report can answer: its figure, its interval, and whether it is reached."""
    rows = []
    for goal in GOALS:
        if goal.detector not in report["detector"]["name"]:
            continue
        if goal.min_face not in (None, report["rules"]["min_face_px"]):
            continue
        value, interval = _figure(report, goal.path)
        if value is not None:
            rows.append(_row(goal, value, interval))
    return rows


def _row(goal: Goal, value: float, interval: tuple[float, float] | None) -> dict[str, Any]:
    reached = value <= goal.wanted if goal.at_most else value >= goal.wanted
    return {
        "what": goal.what,
        "detector": goal.detector,
        "where": goal.where,
        "wanted": goal.wanted,
        "at_most": goal.at_most,
        "value": value,
        "interval": interval,
        "reached": reached,
        "doubtful": interval is not None and interval[0] < goal.wanted <= interval[1],
    }


def _figure(report: Mapping[str, Any], path: tuple[str, ...]) -> tuple[float | None, Any]:
    """Value and interval at a path; (None, None) where the report has no such figure."""
    found: Any = report
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return None, None
        found = found[key]
    if isinstance(found, Mapping):
        return found.get("value", found.get("median")), found.get("interval")
    return found, None


def verdict(row: Mapping[str, Any]) -> str:
    """In words, without claiming more than the interval allows."""
    if row["reached"]:
        return "reached; its interval reaches below the goal" if row["doubtful"] else "reached"
    return "not reached; its interval holds the goal" if row["doubtful"] else "not reached"
