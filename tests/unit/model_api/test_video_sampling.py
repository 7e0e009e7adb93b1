"""Which frames of a video are looked at: any container, clock, group of pictures, rotation, damage."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import BLUE, GREEN, RED, picture
from video_files import encode, video_of

from model_api.errors import UnreadableVideo
from model_api.moderation.damage import describe_damage, is_truncated
from model_api.moderation.frames import Frame, FrameReader
from model_api.moderation.index import VideoIndex, read_index
from model_api.moderation.plan import Plan, plan_frames, plan_one

COLOURS = [RED, GREEN, BLUE, (250, 250, 5), (5, 250, 250)]
SECONDS = [{(1, 1): colour} for colour in COLOURS]  # each second shows a colour of its own
MAX_PIXELS = 100_000


def _sample(video: bytes, *, every: float = 1.0, most: int = 100) -> tuple[VideoIndex, Plan, list[Frame], int]:
    file = io.BytesIO(video)
    index = read_index(file)
    plan = plan_frames(index, every_seconds=every, most_frames=most)
    reader = FrameReader(file, index=index, plan=plan, max_pixels=MAX_PIXELS)
    return index, plan, list(reader.frames()), reader.damaged


def _colours(frames: list[Frame], *, y: int = 48, x: int = 48) -> list[tuple[int, ...]]:
    """The nearest of COLOURS at a point of each frame."""
    seen = [frame.pixels[y, x].astype(int) for frame in frames]
    return [min(COLOURS, key=lambda colour: int(np.abs(pixel - colour).sum())) for pixel in seen]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="mp4"),
        pytest.param({"gop": 1000}, id="one keyframe"),
        pytest.param({"gop": 7}, id="keyframes out of step"),
        pytest.param({"options": {"movflags": "frag_keyframe+empty_moov"}}, id="fragments"),
        pytest.param({"form": "matroska"}, id="matroska"),
        pytest.param({"form": "webm", "codec": "libvpx"}, id="webm"),
        pytest.param({"form": "mpegts"}, id="transport stream"),
        pytest.param({"form": "flv"}, id="flv"),
        pytest.param({"form": "avi", "codec": "mpeg4"}, id="avi"),
    ],
)
def test_one_frame_per_second_is_seen_in_every_container(options: dict[str, Any]) -> None:
    index, plan, frames, damaged = _sample(video_of(SECONDS, **options))
    assert index.seconds == pytest.approx(5.0, abs=0.01)
    assert [frame.seconds for frame in frames] == pytest.approx([0, 1, 2, 3, 4], abs=0.71)
    assert _colours(frames) == COLOURS
    assert (plan.every_seconds, damaged, is_truncated(index)) == (1.0, 0, False)


def test_keyframes_alone_are_decoded_where_there_are_enough() -> None:
    for video in (video_of(SECONDS, gop=5), video_of(SECONDS, rate=25, gop=25)):
        _, plan, frames, _ = _sample(video)
        assert plan.packets.sum() == len(frames) == 5


def test_a_group_is_decoded_as_far_as_its_last_frame_that_is_wanted() -> None:
    _, plan, frames, _ = _sample(video_of(SECONDS, gop=20), every=1.0)
    assert len(frames) == 5
    assert 5 < plan.packets.sum() < 50


def test_a_long_video_is_looked_at_more_sparsely() -> None:
    _, plan, frames, _ = _sample(video_of(SECONDS), every=0.1, most=5)
    assert plan.every_seconds == pytest.approx(1.0)
    assert len(frames) == 5


def test_frames_that_come_at_uneven_times_keep_them() -> None:
    times = [Fraction(text) for text in ("0", "0.4", "0.45", "3.2", "3.25", "9")]
    index, _, frames, _ = _sample(encode([picture({(1, 1): RED})] * 6, times, gop=1000))
    assert [round(frame.seconds, 2) for frame in frames] == [0.0, 3.2, 9.0]
    assert 9 < index.seconds < 12


@pytest.mark.parametrize(
    ("rotation", "y", "x"), [(0, 48, 48), (90, 256 - 48, 48), (180, 192 - 48, 256 - 48), (-90, 48, 192 - 48)]
)
def test_a_film_from_a_turned_telephone_is_upright(rotation: int, y: int, x: int) -> None:
    """Turned counter-clockwise by `rotation` on the screen: what was left above is where these points are."""
    _, _, frames, _ = _sample(video_of(SECONDS, rotation=rotation))
    assert frames[0].pixels.shape == ((192, 256, 3) if rotation in (0, 180) else (256, 192, 3))
    assert _colours(frames, y=y, x=x) == COLOURS


def test_what_is_left_of_a_broken_film_is_seen() -> None:
    whole = video_of(SECONDS, form="matroska")
    index, _, frames, _ = _sample(whole[: len(whole) // 2])
    assert is_truncated(index)
    assert _colours(frames) == COLOURS[: len(frames)]
    assert 1 <= len(frames) < 5
    assert "breaks off" in (describe_damage(index, frames=0) or "")


def test_a_film_whose_tail_is_missing_behind_a_complete_header_is_seen_as_far_as_it_goes() -> None:
    whole = video_of(SECONDS, options={"moov_size": "20000"})
    index, _, frames, _ = _sample(whole[:-1000])  # of 3,000 bytes of pictures
    assert is_truncated(index)
    assert _colours(frames) == COLOURS[: len(frames)]
    assert 1 <= len(frames) < 5


def test_damage_inside_costs_frames_not_the_film() -> None:
    whole = bytearray(video_of(SECONDS, gop=5, form="mpegts"))
    middle = len(whole) // 2
    whole[middle : middle + 3000] = bytes(3000)
    _, plan, frames, _ = _sample(bytes(whole))
    assert 3 <= len(frames) <= len(plan.times)
    assert frames[-1].seconds > 3


@pytest.mark.parametrize("data", [b"", b"\x00" * 5000, b"ffconcat version 1.0\nfile /etc/passwd\n", b"GIF89a"])
def test_what_is_no_video_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableVideo):
        read_index(io.BytesIO(data))


def test_frames_that_turn_out_larger_than_is_allowed_are_not_decoded() -> None:
    """A stream of MPEG-TS may change its size on the way; its beginning is all that is looked at before."""
    small, large = np.full((96, 128, 3), 90, np.uint8), np.full((480, 640, 3), 90, np.uint8)
    parts = [
        encode([pixels] * 20, [Fraction(first + number, 10) for number in range(20)], form="mpegts")
        for first, pixels in ((0, small), (20, large))
    ]
    _, _, frames, damaged = _sample(b"".join(parts))
    assert {frame.pixels.shape for frame in frames} == {small.shape}
    assert damaged


def test_one_frame_can_be_read_again() -> None:
    file = io.BytesIO(video_of(SECONDS, gop=20))
    index = read_index(file)
    plan = plan_one(index, 3.0)
    (frame,) = FrameReader(file, index=index, plan=plan, max_pixels=MAX_PIXELS).frames()
    assert frame.seconds == pytest.approx(3.0)
    assert _colours([frame]) == [COLOURS[3]]


@st.composite
def _indexes(draw: st.DrawFn) -> VideoIndex:
    """Any mixture of steps and keyframes, in the order of decoding with at most two frames exchanged."""
    steps = draw(st.lists(st.floats(0.01, 3.0), min_size=1, max_size=60))
    times = np.cumsum([0.0, *steps])
    keys = np.asarray([draw(st.booleans()) for _ in times])
    keys[0] = True
    swapped = times.copy()
    for place in range(1, len(times) - 1, 3):
        if not keys[place : place + 2].any():
            swapped[[place, place + 1]] = times[[place + 1, place]]
    return VideoIndex(
        width=8, height=8, times=swapped, keys=keys, start_seconds=0.0, frame_seconds=0.04,
        claimed_seconds=None, is_damaged=False, is_without_clock=False,
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(index=_indexes(), every=st.floats(0.1, 10), most=st.integers(1, 40))
def test_a_plan_keeps_to_its_interval_and_decodes_all_that_its_frames_lean_on(
    index: VideoIndex, every: float, most: int
) -> None:
    plan = plan_frames(index, every_seconds=every, most_frames=most)
    assert 1 <= len(plan.times) <= most
    assert (np.diff(plan.times) > 0).all()
    slots = np.floor((plan.times + 0.0011) / plan.every_seconds)
    assert (np.diff(slots) >= 0).all()
    decoded = False
    for place in range(len(index.times)):  # from each keyframe on without a hole
        decoded = plan.packets[place] and (decoded or bool(index.keys[place]))
        assert decoded == plan.packets[place]
    assert set(plan.times) <= set(index.times[plan.packets])
