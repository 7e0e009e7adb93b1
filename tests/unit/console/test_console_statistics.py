"""Compliance with its interval, and rows as JSON and CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from common.domain.prediction import Label
from common.domain.share import wilson
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics
from console.statistics import Report, row_json, to_csv

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROW = Statistics(
    start=NINE,
    shots={Outcome.PREDICTED: 90, Outcome.REJECTED: 10},
    faces={Label.MASK_CORRECT: 40, Label.NO_MASK: 2, Label.UNCERTAIN: 5},
    people={Label.MASK_CORRECT: 8, Label.NO_MASK: 2, Label.UNCERTAIN: 5},
    events=1,
    alerts=1,
    acknowledged=1,
    reaction_seconds=90.0,
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


def test_without_a_person_there_is_no_share() -> None:
    assert wilson(0, 0) is None
    assert row_json(Statistics(people={Label.UNCERTAIN: 4}), {})["compliance"] is None


def test_compliance_is_of_people_and_the_uncertain_stand_apart() -> None:
    share = ROW.compliance
    assert share is not None
    assert (share.value, share.n) == (0.8, 10)


def test_a_row_names_every_outcome_and_label() -> None:
    row = row_json(ROW, {})
    assert row["scheduled"] == 100
    assert row["coverage"] == 0.9
    assert row["shots"]["expired"] == 0
    assert row["faces"] == {"no_mask": 2, "mask_incorrect": 0, "mask_correct": 40, "uncertain": 5}
    assert row["people"] == {"no_mask": 2, "mask_incorrect": 0, "mask_correct": 8, "uncertain": 5}
    assert row["mean_reaction_seconds"] == 90


def test_csv_has_one_line_per_row() -> None:
    report = Report(by=Grouping.HOUR, rows=(ROW,), names={})
    [line] = csv.DictReader(io.StringIO(to_csv(report)))
    assert line["start"] == "2026-03-02T09:00:00+00:00"
    assert (line["scheduled"], line["faces_no_mask"], line["coverage"]) == ("100", "2", "0.9000")
    assert (line["people_mask_correct"], line["compliance"]) == ("8", "0.8000")
    assert (line["acknowledged"], line["mean_reaction_seconds"]) == ("1", "90.0")


def test_a_name_is_no_formula() -> None:
    report = Report(by=Grouping.CAMERA, rows=(Statistics(camera_id="c1", zone="+1"),), names={"c1": "=HYPERLINK(1)"})
    [line] = csv.DictReader(io.StringIO(to_csv(report)))
    assert (line["camera"], line["zone"]) == ("'=HYPERLINK(1)", "'+1")
    assert line["compliance"] == ""
