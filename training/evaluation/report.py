"""Measure, hold against the goals, and write report.json and report.html."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.evaluation.conditions import DEGRADED, ORIGINAL
from training.evaluation.goals import hold_against
from training.evaluation.measure import NAMED_FACE_PX, Measured, Trial, measure
from training.evaluation.mistakes import missed_faces, wrong_classes, wrong_detections
from training.evaluation.models import Judges
from training.evaluation.page.document import render
from training.evaluation.page.gallery import Shelf
from training.rounding import rounded

JSON, HTML = "report.json", "report.html"


def write_report(
    trial: Trial, judges: Judges, folder: Path, *, hard_cases: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Write both files into `folder` and return what report.json holds; `hard_cases` are rows of `evaluate_cases`."""
    measured = measure(trial, judges)
    goals = hold_against(measured.report)
    report: dict[str, Any] = rounded({**measured.report, "hard_cases": list(hard_cases), "goals": goals})
    page = render(report, list(_shelves(trial, judges, measured)))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (folder / HTML).write_text(page, encoding="utf-8")
    return report


def _shelves(trial: Trial, judges: Judges, measured: Measured) -> Iterator[Shelf]:
    for condition in (ORIGINAL, DEGRADED):
        if condition not in measured.seen:
            continue
        seen, change = measured.seen[condition], trial.conditions[condition]
        if condition == ORIGINAL:
            yield Shelf(
                title="Surest detections that count as wrong",
                note="Many show faces that nobody labelled, or that were labelled tighter or wider.",
                mistakes=wrong_detections(seen, min_face=trial.min_face),
                change=change,
            )
        yield Shelf(
            title=f"Largest missed faces, {condition} pictures",
            note=f"No detection from the served score of {judges.min_score:g} on.",
            mistakes=missed_faces(seen, min_face=trial.min_face, min_score=judges.min_score),
            change=change,
        )
        yield Shelf(
            title=f"Surest wrong classes, {condition} pictures",
            note="Of labelled boxes.",
            mistakes=wrong_classes(seen, min_face=NAMED_FACE_PX),
            change=change,
        )
