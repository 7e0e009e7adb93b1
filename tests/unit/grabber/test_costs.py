"""Costs: what one grabber measured, all reckon with, at the same figures."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from common.adapters.coordination.memory import MemoryCoordination
from common.domain.camera import Camera
from grabber.costs import REPORT_SECONDS, REVISE_SECONDS, VERSION_KEY, Costs, estimate, load_of, revised

CAMERAS = {
    name: Camera(id=name, name=name, url="rtsp://x/", interval_seconds=2, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    for name in ("door", "yard", "till")
}
GUESS = estimate(CAMERAS["door"])


class World(MemoryCoordination):
    """Coordination whose clock the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        super().__init__(now=lambda: self.seconds)

    def forget_all(self) -> None:
        """A server that keeps nothing on disk was started anew."""
        super().__init__(now=lambda: self.seconds)


@pytest.fixture
def world() -> World:
    return World()


def grabbers(world: World, *replicas: str) -> list[Costs]:
    return [Costs(world, replica=replica, now=lambda: world.seconds) for replica in replicas]


def pass_time(world: World, costs: Sequence[Costs], measured: Sequence[dict[str, int]], *, seconds: float) -> None:
    members = [f"g{number}" for number in range(1, 1 + len(costs))]
    for _ in range(round(seconds)):
        world.seconds += 1
        for each, found in zip(costs, measured, strict=True):
            each.exchange(found, members=members, enabled=CAMERAS)


def test_until_somebody_measures_a_camera_is_estimated_by_its_interval(world: World) -> None:
    (costs,) = grabbers(world, "g1")
    assert costs.of(CAMERAS) == dict.fromkeys(CAMERAS, 24)
    assert estimate(CAMERAS["door"]) > estimate(Camera(**{**vars(CAMERAS["door"]), "interval_seconds": 60}))


def test_all_come_to_reckon_with_what_each_measured(world: World) -> None:
    both = grabbers(world, "g1", "g2")
    pass_time(world, both, [{"door": 70}, {"yard": 7}], seconds=3 * REPORT_SECONDS)
    assert [each.of(CAMERAS) for each in both] == [{"door": 70, "yard": 7, "till": GUESS}] * 2
    (newcomer,) = grabbers(world, "g3")
    newcomer.exchange({}, members=["g1", "g2", "g3"], enabled=CAMERAS)
    assert newcomer.of(CAMERAS) == both[0].of(CAMERAS)


def test_a_figure_changes_only_when_it_is_far_off_and_not_at_once(world: World) -> None:
    one = grabbers(world, "g1")
    pass_time(world, one, [{"door": 70, "yard": 10}], seconds=3 * REPORT_SECONDS)
    pass_time(world, one, [{"door": 80, "yard": 30}], seconds=REVISE_SECONDS / 2)
    assert one[0].of(CAMERAS)["yard"] == 10
    pass_time(world, one, [{"door": 80, "yard": 30}], seconds=REVISE_SECONDS)
    assert one[0].of(CAMERAS) == {"door": 70, "yard": 30, "till": GUESS}


def test_when_coordination_begins_anew_the_figures_stay_and_are_written_again(world: World) -> None:
    one = grabbers(world, "g1")
    pass_time(world, one, [{"door": 70}], seconds=3 * REPORT_SECONDS)
    world.forget_all()
    pass_time(world, one, [{}], seconds=1)
    assert one[0].of(CAMERAS)["door"] == 70
    pass_time(world, one, [{}], seconds=REPORT_SECONDS)
    (newcomer,) = grabbers(world, "g2")
    newcomer.exchange({}, members=["g1", "g2"], enabled=CAMERAS)
    assert newcomer.of(CAMERAS)["door"] == 70


def test_another_keeps_the_table_when_its_keeper_is_gone(world: World) -> None:
    both = grabbers(world, "g1", "g2")
    pass_time(world, both, [{"door": 70}, {}], seconds=3 * REPORT_SECONDS)
    pass_time(world, both[1:], [{"yard": 90}], seconds=2 * REVISE_SECONDS)
    assert both[1].of(CAMERAS) == {"door": 70, "yard": 24, "till": GUESS}  # g2's report is not asked for: not a member
    for _ in range(round(2 * REVISE_SECONDS)):
        world.seconds += 1
        both[1].exchange({"yard": 90}, members=["g2"], enabled=CAMERAS)
    assert both[1].of(CAMERAS)["yard"] == 90


def test_what_cannot_be_read_is_left_alone(world: World) -> None:
    one = grabbers(world, "g1")
    pass_time(world, one, [{"door": 70}], seconds=3 * REPORT_SECONDS)
    world.put(VERSION_KEY, b"odd", ttl=100)
    world.put("camera-costs/table/odd", b"[no table", ttl=100)
    pass_time(world, one, [{"door": 70}], seconds=1)
    assert one[0].of(CAMERAS)["door"] == 70


def test_a_table_forgets_the_cameras_that_nobody_watches() -> None:
    assert revised({"door": 5, "gone": 9}, {"yard": 3, "gone": 90}, enabled=["door", "yard"]) == {"door": 5, "yard": 3}


def test_a_grabber_tells_how_much_of_its_processor_time_the_measured_cameras_take() -> None:
    cameras = {f"c{n}": Camera(id=f"c{n}", name=f"c{n}", url="rtsp://c/", created_at=datetime.now(UTC)) for n in "123"}
    load = load_of({"c1": 30, "c2": 20}, cameras, core_seconds=0.2)
    assert load.busy == pytest.approx(0.25)
    assert load.capacity == pytest.approx(1.6)  # 0.4 shots/s of two cameras, four times
    assert load_of({}, cameras, core_seconds=0.2).capacity is None
