"""`maskwatch bench leases`, small: what it reports, and that its simulation sees what goes wrong."""

from __future__ import annotations

import pytest
from bench.leases import bench
from bench.leases.fairness import draw_costs, try_changes
from bench.leases.world import LEASE_SECONDS, World

from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Report

CAMERAS = draw_costs(100, seed=3)


@pytest.fixture(scope="module")
def report() -> Report:
    return bench(BenchOptions(settings=Settings(), is_quick=True))


@pytest.fixture
def world() -> World:
    world = World(CAMERAS, replicas=5, seed=3)
    world.run(20)
    world.forget_figures()
    return world


def test_the_bound_is_kept_and_fairer_than_hashes_alone(report: Report) -> None:
    values = {figure.name: figure.value for figure in report.figures}
    assert values["balance"] is not None
    assert values["balance.hash_alone"] is not None
    assert 1 <= values["balance"] < values["balance.hash_alone"]
    assert not [figure for figure in report.missed if not figure.name.startswith("tick")]


def test_every_camera_is_served_again_after_each_episode(report: Report) -> None:
    rows = {row[0]: row for row in report.tables[-1].rows}
    assert rows["nothing"][1] == 0
    for name in ("kill -9 of 1", "kill -9 of 4 more at once"):
        changed, most = rows[name][1], rows[name][3]
        assert isinstance(changed, int)
        assert changed > 0
        assert isinstance(most, float)
        assert LEASE_SECONDS / 2 < most < 10  # a dead grabber's lease has to lapse first


def test_a_grabber_that_stops_in_order_leaves_a_shorter_gap_than_one_that_is_killed(world: World) -> None:
    world.stop("grabber-1")
    world.run(20)
    stopped = max(world.gaps)
    world.forget_figures()
    world.kill(1)
    world.run(20)
    assert stopped < max(world.gaps)


def test_nobody_serves_the_cameras_while_all_grabbers_are_dead(world: World) -> None:
    world.kill(5)
    world.run(20)
    assert world.unattended == len(CAMERAS)
    world.join("late")
    world.run(20)
    assert world.unattended == 0
    assert set(world.holders.values()) == {"late"}


def test_cameras_move_only_as_far_as_the_change_asks() -> None:
    changes = {each.name: each for each in try_changes(CAMERAS, ["a", "b", "c", "d"], trials=2, seed=1)}
    assert changes["a camera is added"].needed == 1
    assert changes["a camera is removed"].needed == 0
    assert 0 < changes["a grabber is removed"].needed < len(CAMERAS)
