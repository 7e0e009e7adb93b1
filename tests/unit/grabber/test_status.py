"""What a supervisor tells the others arrives, and no camera waits for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from common.adapters.coordination.memory import MemoryCoordination
from common.domain.status import CameraState, CameraStatus, status_key
from common.errors import Unavailable
from grabber.status import StatusBoard

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Hanging(MemoryCoordination):
    """Answers no write before it is told to; and can refuse them."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.refusals = 0
        self.written: list[str] = []

    def put(self, key: str, value: bytes, *, ttl: float) -> None:
        self.begun.set()
        assert self.go_on.wait(20)
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("no answer in time")
        super().put(key, value, ttl=ttl)
        self.written.append(key)


@contextmanager
def writing(board: StatusBoard) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=board.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def status(state: CameraState) -> CameraStatus:
    return CameraStatus(camera_id="cam", state=state, since=AT, grabber="g1")


def test_a_camera_does_not_wait_while_coordination_hangs_and_the_newest_arrives() -> None:
    hanging = Hanging()
    board = StatusBoard(hanging)
    with writing(board):
        board.show(status(CameraState.CONNECTING))
        assert hanging.begun.wait(20)
        for second in range(5):  # each would hang, were it written here
            board.show(status(CameraState.LIVE))
            board.count("cam", AT + timedelta(seconds=second))
        assert hanging.written == []
        hanging.go_on.set()
        board.flush(20)
    shown = hanging.get(status_key("cam"))
    assert shown is not None
    assert b"live" in shown
    assert StatusBoard(hanging).last_counted("cam") == AT + timedelta(seconds=4)
    assert len(hanging.written) == 3  # the first status, the newest, and the newest slot


def test_what_was_refused_is_written_once_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grabber.write_behind.RETRY_SECONDS", 0.01)
    hanging = Hanging()
    hanging.refusals = 2
    hanging.go_on.set()
    board = StatusBoard(hanging)
    board.count("cam", AT)
    with writing(board):
        board.flush(20)
    assert StatusBoard(hanging).last_counted("cam") == AT


def test_what_waits_at_the_end_is_still_written() -> None:
    hanging = Hanging()
    hanging.go_on.set()
    board, stop = StatusBoard(hanging), threading.Event()
    stop.set()
    board.count("cam", AT)
    board.count("other", AT)
    board.run(stop)
    assert len(hanging.written) == 2


def test_a_slot_counted_is_known_here_before_it_is_written() -> None:
    board = StatusBoard(Hanging())
    board.count("cam", AT)
    assert board.last_counted("cam") == AT


def test_the_status_of_a_camera_left_is_not_written_any_more() -> None:
    hanging = Hanging()
    hanging.go_on.set()
    board = StatusBoard(hanging)
    board.show(status(CameraState.LIVE))
    board.clear("cam")
    board.count("cam", AT)
    with writing(board):
        board.flush(20)
    assert hanging.get(status_key("cam")) is None
    assert StatusBoard(hanging).last_counted("cam") == AT


@pytest.mark.parametrize(
    ("state", "up", "degraded"),
    [(CameraState.LIVE, 1, 0), (CameraState.DEGRADED, 1, 1), (CameraState.DOWN, 0, 0), (CameraState.CONNECTING, 0, 0)],
)
def test_the_metrics_tell_a_dead_stream_from_bad_pictures(state: CameraState, up: int, degraded: int) -> None:
    board = StatusBoard(Hanging())
    board.show(status(state))
    shown = [REGISTRY.get_sample_value(f"maskwatch_camera_{name}", {"camera": "cam"}) for name in ("up", "degraded")]
    assert shown == [up, degraded]
    board.clear("cam")
    assert REGISTRY.get_sample_value("maskwatch_camera_degraded", {"camera": "cam"}) is None
