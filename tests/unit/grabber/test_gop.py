"""Decoding no more than the next picture needs, and never a picture that is not whole."""

import sys
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import av
import numpy as np
import pytest

from grabber.sources.gop import MOST_PACKETS, PictureGroup

START = datetime(2026, 1, 1, tzinfo=UTC)
GOP = 5


@pytest.fixture(scope="module")
def packets() -> list[av.Packet]:
    """Twelve pictures whose brightness is 20 times their number, a keyframe at every fifth."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 96, 64, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 10), Fraction(10)
    encoder.options = {"tune": "zerolatency", "g": str(GOP), "crf": "10", "sc_threshold": "0"}
    found = []
    for number in range(12):
        frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 20 * number, np.uint8), format="rgb24")
        frame.pts = number
        found += encoder.encode(frame)
    assert [packet.is_keyframe for packet in found] == [number % GOP == 0 for number in range(12)]
    return found


def group(*, fresh_seconds: float, patience_seconds: float = 0.0) -> PictureGroup:
    codec = av.CodecContext.create("h264", "r")
    return PictureGroup(codec=codec, fresh_seconds=fresh_seconds, patience_seconds=patience_seconds)


def feed(taker: PictureGroup, packets: list[av.Packet]) -> None:
    for packet in packets:
        taker.add(packet, at(packet))


def at(packet: av.Packet) -> datetime:
    return START + timedelta(seconds=0.1 * (packet.pts or 0))


def shown(frame: av.VideoFrame) -> int:
    """The number of the picture."""
    return round(frame.to_ndarray(format="rgb24").mean() / 20)


def test_a_fresh_keyframe_is_enough(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=0.3)
    feed(taker, packets[:8])
    decoded = taker.newest()
    assert decoded is not None
    assert (shown(decoded.frame), decoded.captured_at) == (5, at(packets[5]))


def test_with_an_old_keyframe_the_newest_picture_is_decoded(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=0.3)
    feed(taker, packets[:10])
    decoded = taker.newest()
    assert decoded is not None
    assert (shown(decoded.frame), decoded.captured_at) == (9, at(packets[9]))


def test_the_next_picture_goes_on_from_the_last(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=0)
    for number, packet in enumerate(packets):
        feed(taker, [packet])
        if number in (2, 4, 5, 8, 11):
            decoded = taker.newest()
            assert decoded is not None
            assert (shown(decoded.frame), decoded.is_corrupt) == (number, False)


def ready_at(taker: PictureGroup, packets: list[av.Packet], *, due: int) -> int:
    """The number of the picture with which the one due at that number's time is ready."""
    for packet in packets:
        feed(taker, [packet])
        if taker.is_ready(at(packets[due])):
            return int(packet.pts or 0)
    raise AssertionError("never ready")


def test_a_keyframe_that_is_about_to_come_is_waited_for(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=0.1, patience_seconds=0.25)
    assert ready_at(taker, packets, due=8) == 10
    decoded = taker.newest()
    assert decoded is not None
    assert (shown(decoded.frame), decoded.captured_at) == (10, at(packets[10]))


@pytest.mark.parametrize(
    ("due", "why"), [(6, "the last one is fresh"), (7, "the next one is too far"), (10, "it is one")]
)
def test_otherwise_the_picture_is_taken_when_it_is_due(packets: list[av.Packet], due: int, why: str) -> None:
    assert ready_at(group(fresh_seconds=0.1, patience_seconds=0.25), packets, due=due) == due, why


def test_before_an_interval_is_known_nothing_is_waited_for(packets: list[av.Packet]) -> None:
    assert ready_at(group(fresh_seconds=0.1, patience_seconds=0.25), packets, due=4) == 4


@pytest.mark.parametrize(("patience", "ready"), [(0.3, 11), (1.0, 12)])
def test_a_keyframe_that_does_not_come_is_waited_for_no_longer(
    packets: list[av.Packet], patience: float, ready: int
) -> None:
    taker = group(fresh_seconds=0.1, patience_seconds=patience)
    late = [packets[8]] * 8  # the keyframe that should be number 10 does not come
    feed(taker, packets[:8])
    for number, packet in enumerate(late, start=8):
        taker.add(packet, START + timedelta(seconds=0.1 * number))
        if taker.is_ready(at(packets[8])):
            break
    assert (number, taker.newest_at) == (ready, START + timedelta(seconds=0.1 * ready))


def test_before_the_first_keyframe_there_is_nothing(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=1)
    feed(taker, packets[1:5])
    assert taker.newest() is None
    feed(taker, packets[5:6])
    decoded = taker.newest()
    assert decoded is not None
    assert shown(decoded.frame) == 5


def test_the_keyframe_interval_is_measured(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=1)
    feed(taker, packets[:5])
    assert taker.keyframe_interval_seconds is None
    feed(taker, packets[5:6])
    assert taker.keyframe_interval_seconds == pytest.approx(0.5)


def test_damage_is_told_until_the_next_keyframe(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=0)
    broken = av.Packet(b"\x00\x00\x00\x01\x41" + bytes(range(1, 200)))
    broken.pts = 1
    feed(taker, [packets[0]])
    taker.add(broken, at(broken))
    feed(taker, packets[2:4])
    decoded = taker.newest()
    assert decoded is not None
    assert decoded.is_corrupt
    feed(taker, packets[5:7])
    healed = taker.newest()
    assert healed is not None
    assert (healed.is_corrupt, shown(healed.frame)) == (False, 6)


def test_a_stream_that_sends_no_more_keyframes_does_not_fill_the_memory(packets: list[av.Packet]) -> None:
    taker = group(fresh_seconds=0)
    before = sys.getrefcount(packets[1])
    feed(taker, [packets[0], *[packets[1]] * (2 * MOST_PACKETS + 5)])
    assert sys.getrefcount(packets[1]) - before < MOST_PACKETS
    assert taker.newest() is not None


def test_pictures_stay_whole_after_the_beginning_of_their_group_was_dropped(
    packets: list[av.Packet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grabber.sources.gop.MOST_PACKETS", 3)
    taker = group(fresh_seconds=10)  # a keyframe that is gone is fresh no longer
    feed(taker, packets[:4])
    assert taker.newest() is None  # the next packet will give one
    feed(taker, packets[4:5])
    decoded = taker.newest()
    assert decoded is not None
    assert (shown(decoded.frame), decoded.captured_at, decoded.is_corrupt) == (4, at(packets[4]), False)
    feed(taker, packets[5:6])
    after = taker.newest()
    assert after is not None
    assert shown(after.frame) == 5
