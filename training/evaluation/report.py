"""Measure, hold against the goals, and write report.json and report.html."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from training.evaluation.goals import hold_against
from training.evaluation.measure import Test, measure
from training.evaluation.models import Judges

JSON, HTML = "report.json", "report.html"


def write_report(test: Test, judges: Judges, folder: Path) -> dict[str, Any]:
    """Write both files into `folder` and return what report.json holds."""
    measured = measure(test, judges)
    report = {**measured.report, "goals": hold_against(measured.report)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON).write_text(json.dumps(report, indent=2) + "\n")
    return report
