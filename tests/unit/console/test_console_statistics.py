"""Compliance with its interval, and rows as JSON and CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics
from console.statistics import Report, compliance, row_json, to_csv, wilson

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROW = Statistics(
    start=NINE,
    shots={Outcome.PREDICTED: 90, Outcome.REJECTED: 10},
    faces={Label.MASK_CORRECT: 8, Label.NO_MASK: 2, Label.UNCERTAIN: 5},
    alerts=1,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_the_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    interval = wilson(successes, n)
    assert interval is not None
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


def test_without_a_face_there_is_no_share() -> None:
    assert wilson(0, 0) is None
    assert row_json(Statistics(faces={Label.UNCERTAIN: 4}), {})["compliance"] is None


def test_uncertain_faces_stand_apart() -> None:
    interval = compliance(ROW)
    assert interval is not None
    assert (interval.value, interval.n) == (0.8, 10)


def test_a_row_names_every_outcome_and_label() -> None:
    row = row_json(ROW, {})
    assert row["scheduled"] == 100
    assert row["coverage"] == 0.9
    assert row["shots"]["expired"] == 0
    assert row["faces"] == {"no_mask": 2, "mask_incorrect": 0, "mask_correct": 8, "uncertain": 5}


def test_csv_has_one_line_per_row() -> None:
    report = Report(by=Grouping.HOUR, rows=(ROW,), names={})
    [line] = csv.DictReader(io.StringIO(to_csv(report)))
    assert line["start"] == "2026-03-02T09:00:00+00:00"
    assert (line["scheduled"], line["faces_no_mask"], line["coverage"]) == ("100", "2", "0.9000")
    assert line["compliance"] == "0.8000"


def test_a_camera_name_is_no_formula() -> None:
    report = Report(by=Grouping.CAMERA, rows=(Statistics(camera_id="c1"),), names={"c1": "=HYPERLINK(1)"})
    [line] = csv.DictReader(io.StringIO(to_csv(report)))
    assert line["camera"] == "'=HYPERLINK(1)"
    assert line["compliance"] == ""
