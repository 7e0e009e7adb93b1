"""Statistics are counted again from what is stored, and only where that is still there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pictures import BARE, MASKED, UNSURE, at, make_camera, make_prediction, make_rule, make_shot

from analyzer.accounting import record_shots
from analyzer.evaluation import record_predictions
from analyzer.recount import Recount
from common.domain.camera import Zone
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics

LEFT = Zone(name="left", polygon=((0, 0), (0.4, 0), (0.4, 1), (0, 1)))
ALL = Zone(name="all", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
NOON = at(3 * 3600)
HOURS = {"start": at(0), "end": NOON}


@pytest.fixture(autouse=True)
def morning(repository):
    """Somebody without a mask in the left of the picture, somebody with one in the right; pictures fail, too."""
    with repository.begin() as unit:
        unit.cameras.add(make_camera(zones=(LEFT, ALL), retention_days=1))
        unit.rules.add(make_rule(zone="left"))
        record_shots(unit, [make_shot(-5, Outcome.FAILED), make_shot(3600, Outcome.SKIPPED), make_shot(3605)])
        pictures = [make_prediction(seconds, BARE, UNSURE, UNSURE, MASKED) for seconds in range(0, 20, 2)]
        record_predictions(unit, pictures, now=at(20))


@pytest.fixture
def recount(repository):
    def run(now=NOON, start=None, end=None, **options):
        return Recount(repository=repository, clock=lambda: now, **options).run(start=start, end=end)

    return run


def rows(repository):
    with repository.begin() as unit:
        return unit.statistics.hours("door", start=at(-7200), end=NOON)


def spoil(repository, seconds, **numbers):
    with repository.begin() as unit:
        unit.statistics.add("door", at(seconds), **numbers)


def test_what_was_counted_as_it_came_is_found_again(repository, recount):
    found = recount()
    assert (found.changes, found.left, found.sums) == ([], 0, 0)
    assert found.hours == 3
    zones = {(row.zone, row.start): row for row in rows(repository)}
    left, whole = zones["left", at(0)], zones["", at(0)]
    assert (left.people, whole.alerts, left.alerts) == ({BARE: 1, UNSURE: 1}, 1, 1)  # so there was something to find


def test_numbers_that_are_wrong_are_told_and_then_put_right(repository, recount):
    right = rows(repository)
    spoil(repository, 0, people={BARE: 3}, shots={Outcome.TAKEN: -1}, reaction_seconds=4.5)
    spoil(repository, 0, zone="gone", alerts=1)
    told = recount(is_dry_run=True)
    assert told.changes == [
        Statistics(
            camera_id="door", zone="", start=at(0), people={BARE: -3}, shots={Outcome.TAKEN: 1}, reaction_seconds=-4.5
        ),
        Statistics(camera_id="door", zone="gone", start=at(0), alerts=-1),
    ]
    assert rows(repository) != right
    assert recount().changes == told.changes
    assert recount().changes == []
    assert [row for row in rows(repository) if row.zone != "gone"] == right
    with repository.begin() as unit:
        assert unit.statistics.mend(is_dry_run=True) == 0


def test_acknowledgements_are_counted_where_the_alert_is(repository, recount):
    with repository.begin() as unit:
        [alert] = unit.alerts.list()
        unit.alerts.save(replace(alert, acknowledged_at=alert.fired_at + timedelta(seconds=30)))
    changes = recount().changes
    assert [(each.zone, each.acknowledged, each.reaction_seconds) for each in changes] == [("", 1, 30), ("left", 1, 30)]
    assert recount().changes == []


def test_an_hour_of_which_shots_were_removed_is_left_alone(repository, recount):
    with repository.begin() as unit:
        unit.retention.remove_shots("door", before=at(8), limit=100)
    right = rows(repository)
    found = recount()
    assert (found.changes, found.left) == ([], 2)
    assert rows(repository) == right
    assert recount(with_fewer=True).changes
    assert recount(with_fewer=True).changes == []


@pytest.mark.parametrize(
    ("seconds", "now", "is_seen"),
    [(0, NOON, True), (0, at(1800), False), (0, NOON + timedelta(days=1), False), (3600, at(7199), False)],
)
def test_only_hours_are_looked_at_that_are_over_and_still_kept(repository, recount, seconds, now, is_seen):
    spoil(repository, seconds, alerts=1)
    assert bool(recount(now).changes) == is_seen


def test_alerts_that_are_kept_for_a_shorter_time_bound_what_is_looked_at(repository, recount):
    spoil(repository, 0, alerts=1)
    assert not recount(keep_alerts=timedelta(hours=2)).changes
    assert recount(keep_alerts=timedelta(hours=6)).changes


def test_a_span_may_be_named(repository, recount):
    spoil(repository, 0, alerts=1)
    assert not recount(start=at(3600)).changes
    assert not recount(end=at(0)).changes
    assert recount(start=at(0), end=at(3600)).changes
    with repository.begin() as unit:
        assert unit.statistics.query(by=Grouping.CAMERA, **HOURS)[0].alerts == 1
