"""`maskwatch stats`: counts with honest denominators."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics
from common.errors import InvalidInput
from maskwatch.cli.output import AsJson, print_rows
from maskwatch.cli.state import unit

COLUMNS = (
    "start",
    "camera",
    "scheduled",
    "predicted",
    "coverage",
    *(label.value for label in Label),
    "compliance",
    "alerts",
)


def stats(
    camera: Annotated[str | None, typer.Option(help="Only the camera of this name or id.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="From this time on (RFC 3339).")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Before this time (RFC 3339).")] = None,
    by: Annotated[Grouping, typer.Option(help="What a row stands for.")] = Grouping.CAMERA,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write a CSV file instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show shots, faces by label, coverage and compliance."""
    with unit() as work:
        names = {known.id: known.name for known in work.cameras.list()}
        camera_id = next((key for key, name in names.items() if camera in (key, name)), camera)
        found = work.statistics.query(by=by, start=_time(start), end=_time(end), camera_id=camera_id)
    rows = [_row(entry, names) for entry in found]
    if csv_file is None:
        print_rows(rows, columns=COLUMNS, as_json=as_json, empty="nothing counted yet")
        return
    with csv_file.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(_row(Statistics(), {})))
        writer.writeheader()
        writer.writerows(rows)


def _row(entry: Statistics, names: dict[str, str]) -> dict[str, Any]:
    return {
        "start": entry.start,
        "camera": names.get(entry.camera_id, entry.camera_id) if entry.camera_id else "",
        "scheduled": entry.scheduled,
        **{outcome.value: entry.shots.get(outcome, 0) for outcome in Outcome},
        "coverage": entry.coverage,
        **{label.value: entry.faces.get(label, 0) for label in Label},
        "compliance": entry.compliance and entry.compliance.value,
        "alerts": entry.alerts,
    }


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInput(f"{text!r} is no time; write it like 2026-11-22T08:00:00Z") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
