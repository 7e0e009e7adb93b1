"""Whatever is lost of an H.264 stream, no picture drawn over the hole is called whole, until a keyframe heals it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import av
import numpy as np
import pytest

from grabber.sources.frame_numbers import START_CODE, FrameNumbers, nal_units
from grabber.sources.gop import PictureGroup

START = datetime(2026, 1, 1, tzinfo=UTC)
GOP = 20
LOSSES = ("a whole picture", "a slice", "the end of a slice", "the middle of a slice")


def record(**options: str) -> list[av.Packet]:
    """Thirty moving pictures of four slices, a keyframe at the first and the twentieth."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 320, 240, "yuv420p"
    encoder.time_base, encoder.thread_count = Fraction(1, 10), 1
    encoder.options = {"g": str(GOP), "preset": "veryfast", "sc_threshold": "0", "slices": "4"} | options
    scene = np.kron(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8), np.ones((5, 5, 1), np.uint8))
    found = []
    for number in range(30):
        frame = av.VideoFrame.from_ndarray(np.roll(scene, 3 * number, axis=1), format="rgb24")
        frame.pts = number
        found += encoder.encode(frame)
    return found + encoder.encode(None)


@pytest.fixture(scope="module")
def packets() -> list[av.Packet]:
    return record(tune="zerolatency")


def without(packet: av.Packet, loss: str) -> av.Packet:
    """The packet after that loss."""
    nals = list(nal_units(bytes(packet)))
    slices = [place for place, nal in enumerate(nals) if nal[0] & 0x1F in (1, 5)]
    hit = slices[2]
    if loss == "a slice":
        del nals[hit]
    elif loss == "the end of a slice":
        nals[hit] = nals[hit][: len(nals[hit]) // 2]
    else:
        third = len(nals[hit]) // 3
        nals[hit] = nals[hit][:third] + nals[hit][2 * third :]
    broken = av.Packet(b"".join(START_CODE + nal for nal in nals))
    broken.pts, broken.dts, broken.is_keyframe = packet.pts, packet.dts, packet.is_keyframe
    return broken


def lossy(packets: list[av.Packet], place: int, loss: str) -> list[av.Packet]:
    rest = [] if loss == "a whole picture" else [without(packets[place], loss)]
    return [*packets[:place], *rest, *packets[place + 1 :]]


def told(packets: list[av.Packet], *, every: int) -> dict[int, bool]:
    """By number of the picture: whether it was called corrupt. A picture is asked for after every so many packets."""
    group = PictureGroup(codec=av.CodecContext.create("h264", "r"), fresh_seconds=0)
    found = {}
    for count, packet in enumerate(packets, 1):
        group.add(packet, START + timedelta(seconds=0.1 * count))
        if count % every == 0 and (decoded := group.newest()) is not None:
            found[decoded.frame.pts or 0] = decoded.is_corrupt
    return found


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("place", [0, 1, 5])
@pytest.mark.parametrize("loss", LOSSES)
def test_pictures_after_a_loss_are_corrupt_until_the_next_keyframe(
    packets: list[av.Packet], loss: str, place: int, every: int
) -> None:
    found = told(lossy(packets, place, loss), every=every)
    assert {number for number, is_corrupt in found.items() if is_corrupt} == {n for n in found if place <= n < GOP}
    assert any(n >= GOP for n in found)


def test_a_whole_stream_is_never_corrupt(packets: list[av.Packet]) -> None:
    assert not any(told(packets, every=1).values())


@pytest.mark.parametrize("options", [{"bf": "2"}, {"bf": "3", "b-pyramid": "normal"}, {"x264-params": "open-gop=1"}])
def test_a_stream_with_b_frames_is_never_corrupt(options: dict[str, str]) -> None:
    assert not any(told(record(**options), every=1).values())


def test_a_lost_picture_that_no_other_builds_on_leaves_no_gap() -> None:
    packets = record(bf="1", **{"b-pyramid": "none"})
    lost = next(place for place, packet in enumerate(packets) if not _is_reference(packet))
    assert not any(told(lossy(packets, lost, "a whole picture"), every=1).values())


def test_damage_after_a_keyframe_that_is_fresh_enough_does_not_matter(packets: list[av.Packet]) -> None:
    group = PictureGroup(codec=av.CodecContext.create("h264", "r"), fresh_seconds=10)
    for packet in lossy(packets, 3, "a slice")[:6]:
        group.add(packet, START + timedelta(seconds=0.1 * (packet.pts or 0)))
    decoded = group.newest()
    assert decoded is not None
    assert (decoded.frame.pts, decoded.is_corrupt) == (0, False)


def test_numbers_that_the_encoder_leaves_out_on_purpose_are_no_gap() -> None:
    """gaps_in_frame_num_value_allowed_flag, as thrifty cameras set it: the SPS of `pictures`, written bit by bit."""
    for may_gap in (True, False):
        numbers = FrameNumbers(START_CODE + _sps(may_gap=may_gap))
        assert not numbers.has_gap(START_CODE + _slice(0, is_key=True))
        assert not numbers.has_gap(START_CODE + _slice(1))
        assert numbers.has_gap(START_CODE + _slice(4)) is not may_gap
        assert not numbers.has_gap(START_CODE + _slice(5))


def test_numbers_begin_again_after_the_largest() -> None:
    numbers = FrameNumbers(START_CODE + _sps(may_gap=False))
    assert not any(numbers.has_gap(START_CODE + _slice(number % 16)) for number in range(40))


def test_without_a_parameter_set_nothing_is_known() -> None:
    numbers = FrameNumbers()
    assert not any(numbers.has_gap(START_CODE + _slice(number)) for number in (0, 5, 11))


@pytest.mark.parametrize("junk", [b"", b"\x00\x00\x01", START_CODE + b"\x67\x42", b"\x00\x00\x00\x09abc", b"\xff" * 50])
def test_junk_is_survived(junk: bytes) -> None:
    assert not FrameNumbers(junk).has_gap(junk)


def _is_reference(packet: av.Packet) -> bool:
    return any(nal[0] & 0x60 for nal in nal_units(bytes(packet)) if nal[0] & 0x1F in (1, 5))


def _sps(*, may_gap: bool) -> bytes:
    # ue: id 0, log2_max_frame_num 4, order type 2, one reference; then the flag and the stop bit
    return bytes((0x67, 66, 0, 30)) + _packed("1" + "1" + "011" + "010" + str(int(may_gap)) + "1")


def _slice(number: int, *, is_key: bool = False) -> bytes:
    # ue: first macroblock 0, type 5 (P), parameter set 0; then four bits of frame_num
    return bytes((0x65 if is_key else 0x41,)) + _packed("1" + "00110" + "1" + f"{number:04b}" + "1")


def _packed(bits: str) -> bytes:
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
