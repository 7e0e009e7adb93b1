"""`maskwatch stats`: counts with honest denominators."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping
from common.errors import InvalidInput
from console.api.shapes.statistics import StatisticsRow
from console.statistics import plain
from maskwatch.cli.desk import desk
from maskwatch.cli.finding import find_camera
from maskwatch.cli.output import AsJson, print_rows

stats_app = typer.Typer(help="Shots, people and alerts counted, with honest denominators.", invoke_without_command=True)

Camera = Annotated[str | None, typer.Option(help="Only the camera of this name or id.")]
From = Annotated[str | None, typer.Option("--from", help="From this time on (RFC 3339, or a day).")]
To = Annotated[str | None, typer.Option("--to", help="Before this time.")]
COLUMNS = (
    *("start", "camera", "site", "zone", "weekday", "hour", "scheduled", "coverage"),
    *(f"people_{label.value}" for label in Label),
    *("compliance", "compliance_low", "compliance_high", "alerts", "acknowledged", "mean_reaction_seconds"),
)

FIELDS = (
    *("start", "camera", "site", "zone", "scheduled", *(outcome.value for outcome in Outcome), "coverage"),
    *(label.value for label in Label),
    *(f"people_{label.value}" for label in Label),
    *("compliance", "compliance_low", "compliance_high", "events", "alerts", "acknowledged", "mean_reaction_seconds"),
)


@stats_app.callback()
def stats(
    context: typer.Context,
    camera: Camera = None,
    site: Annotated[str | None, typer.Option(help="Only the cameras at this site.")] = None,
    zone: Annotated[str | None, typer.Option(help="Only what was seen in the zone of this name.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only the cameras with this tag.")] = None,
    start: From = None,
    end: To = None,
    by: Annotated[Grouping, typer.Option(help="What a row stands for.")] = Grouping.CAMERA,
    timezone: Annotated[str, typer.Option("--tz", help="Whose days and times, such as Asia/Shanghai.")] = "UTC",
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write a CSV file instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show shots, people and faces by label, coverage, compliance with its 95 % interval, alerts and reaction times.

    docs/alerts.md says what each number is a share of.
    """
    if context.invoked_subcommand is not None:
        return
    zone_of_time = _zone_of_time(timezone)
    with desk() as api:
        found = api.statistics.rows(
            by=by.value,
            start=time_of(start, zone_of_time),
            end=time_of(end, zone_of_time),
            camera=find_camera(api, camera).id if camera else None,
            site=site,
            zone=zone,
            tag=tag,
            tz=timezone,
        )
        rows = [_row(entry) for entry in found]
    if csv_file is None:
        used = [column for column in COLUMNS if as_json or any(row[column] not in (None, "") for row in rows)]
        print_rows(rows, columns=used, as_json=as_json, empty="nothing counted yet")
        return
    with csv_file.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=FIELDS)
        writer.writeheader()
        writer.writerows(
            {**row, **{name: plain(row[name] or "") for name in ("camera", "site", "zone")}} for row in rows
        )


def _row(entry: StatisticsRow) -> dict[str, Any]:
    share = entry.compliance
    return {
        "start": entry.start,
        "camera": entry.camera or entry.camera_id or "",
        "site": entry.site or "",
        "zone": entry.zone or "",
        "scheduled": entry.scheduled,
        **{outcome.value: entry.shots.get(outcome, 0) for outcome in Outcome},
        "coverage": entry.coverage,
        **{label.value: entry.faces.get(label, 0) for label in Label},
        **{f"people_{label.value}": entry.people.get(label, 0) for label in Label},
        "compliance": share and share.value,
        "compliance_low": share and share.low,
        "compliance_high": share and share.high,
        "events": entry.events,
        "alerts": entry.alerts,
        "acknowledged": entry.acknowledged,
        "mean_reaction_seconds": entry.mean_reaction_seconds,
    }


def camera_id_of(camera: str | None, names: Mapping[str, str]) -> str | None:
    """The id of the camera of that name or id; `names`: by id."""
    return next((key for key, name in names.items() if camera in (key, name)), camera)


def _zone_of_time(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise InvalidInput(f"{name!r} is no known time zone, such as Europe/Berlin or Asia/Shanghai") from exc


def time_of(text: str | None, timezone: tzinfo = UTC) -> datetime | None:
    """The time it says, in that time zone where it says none. Raises InvalidInput."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidInput(f"{text!r} is no time; write it like 2026-11-22T08:00:00Z") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)
