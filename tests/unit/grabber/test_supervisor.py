"""Every slot of a camera's life has exactly one outcome, whatever its stream does; on a clock that the script moves."""

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from types import TracebackType
from typing import Self

import numpy as np
import pytest
import simplejpeg

from common.adapters.open import open_coordination
from common.domain.camera import Camera
from common.domain.schedule import Schedule, Window
from common.domain.shot import Outcome, image_key
from common.domain.status import CameraState, CameraStatus
from common.errors import StreamError
from common.runtime.backoff import Backoff
from grabber.errors import AuthFailed, PictureUnreadable, StreamEnded, Unreachable, VideoFinished, stream_error
from grabber.parcel import Parcel
from grabber.picture import Picture
from grabber.slots import due_slots
from grabber.sources.source import Reading, Source
from grabber.status import StatusBoard
from grabber.supervisor import Supervisor, Surroundings
from grabber.tenure import Tenure

START = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
CAMERA = Camera(id="cam", name="Door", url="rtsp://door/", interval_seconds=2, created_at=START)

Step = Callable[["World", datetime], Picture]  # what the source does when a shot is asked for


@dataclass
class World:
    """The clock, the script of the camera's streams, and what the supervisor sent."""

    streams: list[StreamError | Sequence[Step]]
    now: datetime = START
    sent: list[Parcel] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    board: StatusBoard = field(default_factory=lambda: StatusBoard(open_coordination("memory://")))
    opened: list[datetime] = field(default_factory=list)
    skip_same: bool = False
    share: float = 1.0

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        self.pass_time(seconds)
        return stop.is_set()

    def open(self, camera: Camera, reading: Reading) -> Source:
        if not self.streams:
            self.stop.set()
            raise stream_error(Unreachable, "the script is over")
        stream = self.streams.pop(0)
        self.opened.append(self.now)
        if isinstance(stream, StreamError):
            raise stream
        return ScriptedSource(self, list(stream))

    def supervisor(
        self, camera: Camera = CAMERA, *, tenure: Tenure | None = None, send: Callable[[Parcel], None] | None = None
    ) -> Supervisor:
        backoff = Backoff(first_seconds=1, limit_seconds=8, jitter=0)
        around = Surroundings(
            send=send or self.sent.append,
            board=self.board,
            replica="g1",
            clock=lambda: self.now,
            open_source=self.open,
            backoff=backoff,
            wait=self.wait,
            skip_same=self.skip_same,
            share=lambda _camera: self.share,
        )
        return Supervisor(camera, around, tenure=tenure)

    def outcomes(self) -> list[tuple[Outcome, str]]:
        return [(parcel.shot.outcome, parcel.shot.reason) for parcel in self.sent]


class ScriptedSource:
    codec = "h264"
    fps: float | None = 8.0
    keyframe_interval_seconds: float | None = 4.0

    def __init__(self, world: World, steps: list[Step]) -> None:
        self._world, self._steps = world, steps

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        if not self._steps:
            stop.set()
            return None
        return self._steps.pop(0)(self._world, due)

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def gives(*, after: float = 0.1, **changes: object) -> Step:
    """A picture, `after` seconds later than it is due."""

    def step(world: World, due: datetime) -> Picture:
        world.now = max(world.now, due) + timedelta(seconds=after)
        picture = Picture(
            jpeg=b"jpeg", width=4, height=3, captured_at=world.now, fingerprint=str(world.now).encode(),
            brightness=100, contrast=40,
        )  # fmt: skip
        return replace(picture, **changes)  # type: ignore[arg-type]

    return step


def breaks(kind: type[StreamError], *, after: float = 0.0) -> Step:
    def step(world: World, due: datetime) -> Picture:
        world.pass_time(after)
        raise stream_error(kind, "rtsp://door/")

    return step


def test_a_camera_that_works_gives_one_snapshot_per_slot() -> None:
    world = World([[gives()] * 4])
    world.supervisor().run(world.stop)
    assert world.outcomes() == [(Outcome.TAKEN, "")] * 4
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert slots == due_slots(CAMERA, after=START, until=slots[-1])
    assert len({parcel.shot.id for parcel in world.sent}) == 4


def test_while_a_camera_is_down_its_slots_fail_with_the_reason_and_the_waits_grow() -> None:
    down = stream_error(AuthFailed, "rtsp://door/")
    world = World([down, down, down, [gives()]])
    supervisor = world.supervisor()
    supervisor.run(world.stop)
    assert set(world.outcomes()[:-1]) == {(Outcome.FAILED, "auth_failed")}
    assert world.outcomes()[-1] == (Outcome.TAKEN, "")
    assert sum(world.waits) == pytest.approx(1 + 2 + 4)
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert slots == due_slots(CAMERA, after=START, until=slots[-1])


def test_after_a_break_the_camera_is_down_and_then_live_again() -> None:
    world = World([[gives(), breaks(StreamEnded)], [gives()]])
    supervisor = world.supervisor()
    states: list[CameraState] = []
    show = world.board.show
    world.board.show = lambda status: (states.append(status.state), show(status))[1]  # type: ignore[method-assign]
    supervisor.run(world.stop)
    changes = [state for place, state in enumerate(states) if place == 0 or state is not states[place - 1]]
    assert changes == [CameraState.CONNECTING, CameraState.LIVE, CameraState.DOWN, CameraState.LIVE]
    assert supervisor.status.error == ""


def test_slots_that_pass_while_a_shot_takes_too_long_are_skipped_as_late() -> None:
    world = World([[gives(after=7.0), gives()]])
    world.supervisor().run(world.stop)
    assert world.outcomes() == [(Outcome.TAKEN, ""), *[(Outcome.SKIPPED, "late")] * 3, (Outcome.TAKEN, "")]


def test_with_a_long_interval_the_camera_is_hung_up_and_called_again_in_time_for_a_keyframe() -> None:
    world = World([[gives()] * 2, [gives()], [gives()]])
    world.supervisor(replace(CAMERA, interval_seconds=60)).run(world.stop)
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert world.outcomes()[:3] == [(Outcome.TAKEN, "")] * 3
    assert slots == due_slots(replace(CAMERA, interval_seconds=60), after=START, until=slots[-1])
    assert timedelta(seconds=4) < slots[2] - world.opened[1] < timedelta(seconds=30)


def test_a_hung_up_camera_that_does_not_answer_is_down_and_then_stays_connected() -> None:
    down = stream_error(Unreachable, "rtsp://door/")
    world = World([[gives()] * 2, down, [gives()] * 4])
    world.supervisor(replace(CAMERA, interval_seconds=60)).run(world.stop)
    assert world.outcomes() == [(Outcome.TAKEN, "")] * 6
    assert len(world.opened) == 3


def test_a_picture_like_the_last_snapshot_is_skipped_as_the_same_when_that_is_wished() -> None:
    grey, light = (
        simplejpeg.encode_jpeg(np.full((90, 160, 1), level, np.uint8), colorspace="GRAY") for level in (90, 180)
    )
    for wish, second in ((True, (Outcome.SKIPPED, "same")), (False, (Outcome.TAKEN, ""))):
        world = World([[gives(jpeg=grey), gives(jpeg=grey), gives(jpeg=light)]], skip_same=wish)
        world.supervisor().run(world.stop)
        assert world.outcomes() == [(Outcome.TAKEN, ""), second, (Outcome.TAKEN, "")]
        assert world.sent[1].shot.captured_at is not None
        assert (world.sent[1].jpeg == b"") is wish


def test_under_overload_slots_are_passed_over_and_each_is_counted_as_that() -> None:
    world = World([[gives()] * 30], share=1 / 3)
    world.supervisor().run(world.stop)
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert slots == due_slots(CAMERA, after=START, until=slots[-1])
    assert set(world.outcomes()) == {(Outcome.TAKEN, ""), (Outcome.SKIPPED, "overload")}
    places = [place for place, outcome in enumerate(world.outcomes()) if outcome[0] is Outcome.TAKEN]
    assert {after - before for before, after in itertools.pairwise(places)} == {3}


def test_a_slot_that_was_chosen_before_the_overload_grew_is_passed_over_too() -> None:
    def grows(world: World, due: datetime) -> Picture:
        world.share = 0.05
        return gives()(world, due)

    world = World([[gives(), grows, gives(), gives()]])
    world.supervisor().run(world.stop)
    assert world.outcomes()[0] == (Outcome.TAKEN, "")
    assert world.outcomes()[1] == (Outcome.SKIPPED, "overload")
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert slots == due_slots(CAMERA, after=START, until=slots[-1])


def test_a_stream_that_breaks_under_overload_fails_only_the_slots_after_the_break() -> None:
    world = World([[gives(), breaks(StreamEnded, after=5.0)], stream_error(Unreachable, "rtsp://door/")], share=0.1)
    supervisor = world.supervisor()
    supervisor.run(world.stop)
    passed_over = (Outcome.SKIPPED, "overload")
    first = world.outcomes().index((Outcome.TAKEN, ""))
    assert set(world.outcomes()[:first]) == {passed_over}
    assert world.outcomes()[first + 1 : first + 3] == [passed_over] * 2
    assert (Outcome.FAILED, "ended") in world.outcomes()
    assert passed_over not in world.outcomes()[first + 3 :]
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert slots == due_slots(CAMERA, after=START, until=slots[-1])


def test_while_a_stretched_camera_is_hung_up_its_slots_are_passed_over() -> None:
    camera = replace(CAMERA, interval_seconds=60)
    world = World([[gives()] * 2, [gives()], [gives()]], share=1 / 4)
    world.supervisor(camera).run(world.stop)
    assert {outcome for outcome, _ in world.outcomes()} == {Outcome.TAKEN, Outcome.SKIPPED}
    assert {reason for _, reason in world.outcomes()} == {"", "overload"}
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert slots == due_slots(camera, after=START, until=slots[-1])


def test_what_the_gate_refuses_is_rejected_with_its_reason() -> None:
    world = World([[gives(is_corrupt=True), gives(brightness=1.0, contrast=0.5), gives()]])
    world.supervisor().run(world.stop)
    assert world.outcomes() == [(Outcome.REJECTED, "corrupt"), (Outcome.REJECTED, "black"), (Outcome.TAKEN, "")]


def test_a_camera_whose_pictures_are_refused_again_and_again_is_degraded_until_good_ones_come() -> None:
    world = World([[gives(), *[gives(is_corrupt=True)] * 4, *[gives()] * 3]])
    supervisor = world.supervisor()
    shown: list[CameraStatus] = []
    show = world.board.show
    world.board.show = lambda status: (shown.append(status), show(status))[1]  # type: ignore[method-assign]
    supervisor.run(world.stop)
    live, degraded = CameraState.LIVE, CameraState.DEGRADED
    states = [status.state for status in shown if status.state is not CameraState.CONNECTING]
    assert states == [live, live, live, live, degraded, degraded, degraded, live]
    first, last = shown[-4], shown[-2]
    assert (first.error_code, first.since) == ("corrupt", last.since)
    assert first.error.startswith("Door: ")
    assert "use TCP" in first.error
    assert first.last_shot_id == shown[1].last_shot_id
    assert (supervisor.status.error_code, supervisor.status.error) == ("", "")


def test_one_broken_picture_fails_one_slot_and_keeps_the_stream() -> None:
    world = World([[gives(), breaks(PictureUnreadable), gives()]])
    world.supervisor().run(world.stop)
    assert world.outcomes() == [(Outcome.TAKEN, ""), (Outcome.FAILED, "unreadable"), (Outcome.TAKEN, "")]
    assert world.waits == []


def test_a_video_that_is_over_is_not_opened_again() -> None:
    world = World([[gives(), breaks(VideoFinished)], [gives()]])
    supervisor = world.supervisor()
    supervisor.run(world.stop)
    assert world.outcomes() == [(Outcome.TAKEN, "")]
    assert (supervisor.status.state, supervisor.status.error_code) == (CameraState.DOWN, "ended")
    assert len(world.streams) == 1


def test_slots_between_two_grabbers_are_counted_by_the_second() -> None:
    world = World([[gives()] * 2])
    world.supervisor().run(world.stop)
    world.pass_time(20)
    world.stop.clear()
    world.streams.append([gives()])
    world.supervisor().run(world.stop)
    slots = [parcel.shot.scheduled_at for parcel in world.sent]
    assert slots == due_slots(CAMERA, after=START, until=slots[-1])
    assert world.outcomes()[2:-1] == [(Outcome.SKIPPED, "unattended")] * (len(slots) - 3)


def test_a_clock_set_back_stops_no_camera() -> None:
    def sets_back(world: World, due: datetime) -> Picture:
        picture = gives()(world, due)
        world.pass_time(-3600)
        return picture

    world = World([[gives(), sets_back, gives(), gives()]])
    world.supervisor().run(world.stop)
    before, after = world.sent[1].shot.scheduled_at, world.sent[2].shot.scheduled_at
    assert before - timedelta(hours=1) < after < before - timedelta(hours=1) + timedelta(seconds=5)
    assert world.outcomes() == [(Outcome.TAKEN, "")] * 4


def test_a_clock_set_back_does_not_lengthen_the_wait_for_a_dead_camera() -> None:
    down = stream_error(Unreachable, "rtsp://door/")
    world = World([down, [gives()]])
    plain_wait = world.wait

    def wait(stop: threading.Event, seconds: float) -> bool:
        if not world.waits:
            world.pass_time(-3600)
        return plain_wait(stop, seconds)

    world.wait = wait  # type: ignore[method-assign]
    world.supervisor().run(world.stop)
    assert sum(world.waits) < 10


def test_once_stopped_it_sends_nothing_more() -> None:
    def stopped_meanwhile(world: World, due: datetime) -> Picture:
        world.stop.set()  # the lease was lost while the picture was read
        return gives()(world, due)

    world = World([[gives(), stopped_meanwhile]])
    world.supervisor().run(world.stop)
    assert world.outcomes() == [(Outcome.TAKEN, "")]


def test_outside_its_schedule_a_camera_is_not_opened_and_owes_no_shots() -> None:
    schedule = Schedule(windows=(Window(days=("wed",), start=time(12, 1), end=time(13)),))
    world = World([[gives()] * 2])
    world.supervisor(replace(CAMERA, schedule=schedule)).run(world.stop)
    assert world.outcomes() == [(Outcome.TAKEN, "")] * 2
    assert world.sent[0].shot.scheduled_at >= START.replace(minute=1)
    assert world.sent[0].shot.scheduled_at < START.replace(minute=1, second=3)


def test_without_its_lease_it_sends_and_counts_nothing_and_keeps_what_is_owed() -> None:
    world = World([[gives()] * 3])
    tenure = Tenure(token=7, until=1.0, now=lambda: 0.0)

    def send(parcel: Parcel) -> None:
        if world.sent:  # the process is stopped for longer than its lease while it sends the second shot
            tenure.until = 0.0
        parcel.check_ours()
        world.sent.append(parcel)

    supervisor = world.supervisor(tenure=tenure, send=send)
    supervisor.run(world.stop)
    (parcel,) = world.sent
    assert parcel.shot.image_key == image_key("cam", parcel.shot.scheduled_at, token=7)
    assert supervisor.counted == parcel.shot.scheduled_at
    assert world.supervisor().counted == parcel.shot.scheduled_at  # as whoever has the camera next learns it
