"""Counts with honest denominators, for people and spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from statistics import fmean, median
from typing import Any

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics
from common.domain.user import Reach
from common.errors import InvalidInput
from common.ports.repository import Unit
from console.context import Console
from console.reach import EVERYWHERE, camera_ids_within, cameras_within


@dataclass(frozen=True, kw_only=True)
class Report:
    """Rows of one grouping, and the names of the cameras in them."""

    by: Grouping
    rows: tuple[Statistics, ...]
    names: dict[str, str]


def read_report(
    console: Console,
    *,
    by: Grouping,
    start: datetime | None = None,
    end: datetime | None = None,
    camera_id: str | None = None,
    site: str | None = None,
    zone: str | None = None,
    tag: str | None = None,
    timezone: tzinfo = UTC,
    reach: Reach = EVERYWHERE,
) -> Report:
    """The rows in [start, end). Raises InvalidInput when the end is not after the start."""
    if start is not None and end is not None and end <= start:
        raise InvalidInput("`to` must be later than `from`")
    with console.repository.begin() as unit:
        rows = unit.statistics.query(
            by=by,
            start=start,
            end=end,
            camera_id=camera_id,
            camera_ids=_camera_ids(unit, reach, tag),
            site=site,
            zone=zone,
            timezone=timezone,
        )
        names = {camera.id: camera.name for camera in cameras_within(unit, reach)}
    return Report(by=by, rows=tuple(rows), names=names)


def read_reactions(
    console: Console,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    camera_id: str | None = None,
    site: str | None = None,
    zone: str | None = None,
    tag: str | None = None,
    reach: Reach = EVERYWHERE,
) -> list[float]:
    """Seconds to the first acknowledgement, ascending, of the alerts that fired in [start, end) and are still kept.

    `zone`: of rules about that zone.
    """
    with console.repository.begin() as unit:
        ids = _camera_ids(unit, reach, tag)
        if site is not None:
            there = {camera.id for camera in unit.cameras.list() if camera.site == site}
            ids = frozenset(there if ids is None else there & ids)
        rules = None if zone is None else [rule.id for rule in unit.rules.list() if rule.zone == zone]
        return unit.alerts.reactions(rule_ids=rules, camera_id=camera_id, camera_ids=ids, after=start, before=end)


def reactions_json(seconds: Sequence[float]) -> dict[str, Any]:
    """How many they are, and how long one waited; null without any. `p90`: nine of ten were faster."""
    if not seconds:
        return {"acknowledged": 0, "mean_seconds": None, "median_seconds": None, "p90_seconds": None}
    return {
        "acknowledged": len(seconds),
        "mean_seconds": fmean(seconds),
        "median_seconds": median(seconds),
        "p90_seconds": seconds[math.ceil(0.9 * len(seconds)) - 1],
    }


def _camera_ids(unit: Unit, reach: Reach, tag: str | None) -> frozenset[str] | None:
    if tag is None:
        return camera_ids_within(unit, reach)
    return frozenset(camera.id for camera in cameras_within(unit, reach) if tag in camera.tags)


def row_json(row: Statistics, names: dict[str, str]) -> dict[str, Any]:
    """One row; every outcome and label is there, also at 0."""
    return {
        "start": row.start,
        "camera_id": row.camera_id,
        "camera": names.get(row.camera_id or "") or None,
        "site": row.site,
        "zone": row.zone,
        "weekday": row.weekday,
        "hour": row.hour,
        "scheduled": row.scheduled,
        "coverage": row.coverage,
        "shots": {outcome.value: row.shots.get(outcome, 0) for outcome in Outcome},
        "faces": {label.value: row.faces.get(label, 0) for label in Label},
        "people": {label.value: row.people.get(label, 0) for label in Label},
        "compliance": row.compliance and vars(row.compliance),
        "events": row.events,
        "alerts": row.alerts,
        "acknowledged": row.acknowledged,
        "mean_reaction_seconds": row.mean_reaction_seconds,
    }


def to_csv(report: Report) -> str:
    """A header and one line per row (RFC 4180); shares as fractions, empty where there is none."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_header())
    writer.writerows(_line(row, report.names) for row in report.rows)
    return out.getvalue()


def _header() -> Sequence[str]:
    shots = [f"shots_{outcome.value}" for outcome in Outcome]
    faces = [f"faces_{label.value}" for label in Label]
    people = [f"people_{label.value}" for label in Label]
    shares = ["coverage", "compliance", "compliance_low", "compliance_high"]
    told = ["events", "alerts", "acknowledged", "mean_reaction_seconds", "weekday", "hour"]
    return ["start", "camera_id", "camera", "site", "zone", "scheduled", *shots, *faces, *people, *shares, *told]


def _line(row: Statistics, names: dict[str, str]) -> Sequence[object]:
    share = row.compliance
    shares = [row.coverage, *([share.value, share.low, share.high] if share else [None] * 3)]
    return [
        row.start.isoformat() if row.start else "",
        row.camera_id or "",
        plain(names.get(row.camera_id or "", "")),
        plain(row.site or ""),
        plain(row.zone or ""),
        row.scheduled,
        *(row.shots.get(outcome, 0) for outcome in Outcome),
        *(row.faces.get(label, 0) for label in Label),
        *(row.people.get(label, 0) for label in Label),
        *("" if share is None else f"{share:.4f}" for share in shares),
        *(row.events, row.alerts, row.acknowledged),
        "" if row.mean_reaction_seconds is None else f"{row.mean_reaction_seconds:.1f}",
        *("" if number is None else number for number in (row.weekday, row.hour)),
    ]


def plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in "=+-@\t\r" and name else name
