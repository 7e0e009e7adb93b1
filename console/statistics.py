"""Counts with honest denominators, for people and spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics
from common.errors import InvalidInput
from console.context import Console

Z_95 = 1.959964  # the normal distribution's 97.5 % point


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A share with its 95 % interval and what it is a share of."""

    value: float
    low: float
    high: float
    n: int


def wilson(successes: int, n: int) -> Interval | None:
    """Wilson's score interval (1927), which stays inside 0..1 for few observations; None without any."""
    if n <= 0:
        return None
    share, z2 = successes / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(value=share, low=max(0.0, middle - half), high=min(1.0, middle + half), n=n)


def compliance(row: Statistics) -> Interval | None:
    """Masks worn properly, of all faces that could be judged; uncertain ones stand apart."""
    certain = sum(count for label, count in row.faces.items() if label is not Label.UNCERTAIN)
    return wilson(row.faces.get(Label.MASK_CORRECT, 0), certain)


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
) -> Report:
    """The rows in [start, end). Raises InvalidInput when the end is not after the start."""
    if start is not None and end is not None and end <= start:
        raise InvalidInput("`to` must be later than `from`")
    with console.repository.begin() as unit:
        rows = unit.statistics.query(by=by, start=start, end=end, camera_id=camera_id)
        names = {camera.id: camera.name for camera in unit.cameras.list()}
    return Report(by=by, rows=tuple(rows), names=names)


def row_json(row: Statistics, names: dict[str, str]) -> dict[str, Any]:
    """One row; every outcome and label is there, also at 0."""
    interval = compliance(row)
    return {
        "start": row.start,
        "camera_id": row.camera_id,
        "camera": names.get(row.camera_id or "") or None,
        "scheduled": row.scheduled,
        "coverage": row.coverage,
        "shots": {outcome.value: row.shots.get(outcome, 0) for outcome in Outcome},
        "faces": {label.value: row.faces.get(label, 0) for label in Label},
        "compliance": interval and vars(interval),
        "alerts": row.alerts,
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
    shares = ["coverage", "compliance", "compliance_low", "compliance_high"]
    return ["start", "camera_id", "camera", "scheduled", *shots, *faces, *shares, "alerts"]


def _line(row: Statistics, names: dict[str, str]) -> Sequence[object]:
    interval = compliance(row)
    shares = [row.coverage, *([interval.value, interval.low, interval.high] if interval else [None] * 3)]
    return [
        row.start.isoformat() if row.start else "",
        row.camera_id or "",
        _plain(names.get(row.camera_id or "", "")),
        row.scheduled,
        *(row.shots.get(outcome, 0) for outcome in Outcome),
        *(row.faces.get(label, 0) for label in Label),
        *("" if share is None else f"{share:.4f}" for share in shares),
        row.alerts,
    ]


def _plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in "=+-@\t\r" and name else name
