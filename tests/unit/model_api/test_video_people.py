"""Faces of sampled frames -> people, labels, segments, the worst moment; with faces that the test wrote."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.prediction import CLASSES, Box, Label
from model_api.moderation.frames import Frame
from model_api.moderation.moment import worst_sightings
from model_api.moderation.people import people_of
from model_api.moderation.portraits import Portraits
from model_api.moderation.report import Person
from model_api.moderation.segments import Segment, merge, segments_of
from model_api.moderation.tracker import MOST_MISSES, Sighting, Track, Tracker
from model_api.moderation.votes import vote

NONE, WRONG, GOOD, UNSURE = Label.NO_MASK, Label.MASK_INCORRECT, Label.MASK_CORRECT, Label.UNCERTAIN
LETTERS = {"n": NONE, "w": WRONG, "g": GOOD, "u": UNSURE}


def _sighting(
    frame: int, x: float = 100.0, *, y: float = 100.0, size: float = 50.0, label: Label = GOOD,
    sure: float = 0.9, score: float = 0.9, every: float = 1.0,
) -> Sighting:  # fmt: skip
    rest = (1 - sure) / 2
    shares = (0.34, 0.33, 0.33) if label is UNSURE else tuple(sure if each is label else rest for each in CLASSES)
    box: Box = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
    none, wrong, good = shares
    return Sighting(
        frame=frame, seconds=frame * every, box=box, score=score, label=label, probabilities=(none, wrong, good)
    )


def _follow(frames: Sequence[Sequence[Sighting]]) -> list[Track]:
    tracker = Tracker()
    for sightings in frames:
        tracker.add(sightings)
    return tracker.tracks


def test_who_stands_there_is_one_person() -> None:
    (track,) = _follow([[_sighting(frame, 100 + 7 * (frame % 2))] for frame in range(10)])
    assert len(track.sightings) == 10


def test_who_walks_on_is_one_person_even_faster_than_a_face_per_second() -> None:
    (track,) = _follow([[_sighting(frame, 60.0 + 80 * frame)] for frame in range(6)])
    assert len(track.sightings) == 6


def test_two_who_walk_towards_each_other_pass_by_their_course() -> None:
    frames = [[_sighting(n, 100 + 60 * n), _sighting(n, 500 - 60 * n, y=130)] for n in range(7)]
    first, second = _follow(frames)
    assert [round(each.center[0]) for each in first.sightings] == [100 + 60 * n for n in range(7)]
    assert [round(each.center[0]) for each in second.sightings] == [500 - 60 * n for n in range(7)]


def test_a_few_frames_may_miss_somebody() -> None:
    there = [0, 1, 1 + MOST_MISSES + 1]
    (track,) = _follow([[_sighting(frame)] if frame in there else [] for frame in range(7)])
    assert [each.frame for each in track.sightings] == there


def test_who_comes_back_later_is_somebody_new() -> None:
    there = [0, 1, 1 + MOST_MISSES + 2]
    assert len(_follow([[_sighting(frame)] if frame in there else [] for frame in range(8)])) == 2


@pytest.mark.parametrize(
    "other", [_sighting(1, 400), _sighting(1, size=120), _sighting(1, size=20), _sighting(1, y=400)]
)
def test_a_face_elsewhere_or_of_another_size_is_somebody_else(other: Sighting) -> None:
    assert len(_follow([[_sighting(0)], [other]])) == 2


def test_the_nearer_of_two_goes_on() -> None:
    first, second = _follow([[_sighting(0, 100)], [_sighting(1, 150), _sighting(1, 110)]])
    assert [round(each.center[0]) for each in first.sightings] == [100, 110]
    assert [round(each.center[0]) for each in second.sightings] == [150]


_PLACES = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 500), st.integers(20, 80)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(frames=st.lists(_PLACES, max_size=6), seed=st.integers(0, 1000))
def test_the_order_of_faces_within_a_frame_changes_nothing(frames: list[list[tuple[int, int, int]]], seed: int) -> None:
    written = [[_sighting(n, x, y=y, size=size) for x, y, size in set(places)] for n, places in enumerate(frames)]
    shuffled = [random.Random(seed).sample(sightings, len(sightings)) for sightings in written]
    assert [track.sightings for track in _follow(written)] == [track.sightings for track in _follow(shuffled)]


@settings(max_examples=60, deadline=None)
@given(frames=st.lists(_PLACES, max_size=6))
def test_every_face_is_exactly_one_person_and_nobody_is_twice_in_a_frame(
    frames: list[list[tuple[int, int, int]]],
) -> None:
    written = [[_sighting(n, x, y=y, size=size) for x, y, size in places] for n, places in enumerate(frames)]
    tracks = _follow(written)
    assert sum(len(track.sightings) for track in tracks) == sum(map(len, written))
    for track in tracks:
        numbers = [each.frame for each in track.sightings]
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("letters", "label"),
    [("ggg", GOOD), ("nggg", GOOD), ("nnnu", NONE), ("ng", UNSURE), ("u", UNSURE), ("nnggwwg", UNSURE), ("www", WRONG)],
)
def test_sightings_vote(letters: str, label: Label) -> None:
    voted, shares = vote([_sighting(n, label=LETTERS[letter]) for n, letter in enumerate(letters)])
    assert voted is label
    assert sum(shares.values()) == pytest.approx(1)


def test_what_the_detector_hardly_saw_hardly_counts() -> None:
    clear = _sighting(0, label=NONE, score=0.95)
    faint = [_sighting(n, label=GOOD, score=0.1) for n in (1, 2)]
    assert vote([clear, *faint])[0] is NONE


def _segments(letters: str, *, every: float = 1.0, sure: float = 0.9) -> list[tuple[str, float, float]]:
    """Of one person, a letter per frame; `.` where nobody was seen."""
    ends = [(n + 1) * every for n in range(len(letters))]
    sightings = [
        _sighting(n, label=LETTERS[letter], every=every, sure=sure) for n, letter in enumerate(letters) if letter != "."
    ]
    found = segments_of(1, sightings, every_seconds=every, ends=ends)
    return [(each.label.value[0:7], each.start_seconds, each.end_seconds) for each in found]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        pytest.param("gggg", [], id="properly all the time"),
        pytest.param("gngg", [], id="one doubtful frame is no segment"),
        pytest.param("gnng", [("no_mask", 1, 3)], id="two are"),
        pytest.param("ngn", [("no_mask", 0, 3)], id="one frame is no gap either"),
        pytest.param("nnggnn", [("no_mask", 0, 2), ("no_mask", 4, 6)], id="two frames are a gap"),
        pytest.param("nuun", [], id="doubt bridges nothing that is too long"),
        pytest.param("nun", [("no_mask", 0, 3)], id="but says nothing against"),
        pytest.param("n.n", [("no_mask", 0, 3)], id="nor does not being seen"),
        pytest.param("nn....nn", [("no_mask", 0, 2), ("no_mask", 6, 8)], id="away for longer"),
        pytest.param("wwnn", [("mask_in", 0, 2), ("no_mask", 2, 4)], id="both kinds"),
        pytest.param("", [], id="nobody"),
    ],
)
def test_segments_of_a_person(letters: str, expected: list[tuple[str, float, float]]) -> None:
    assert _segments(letters) == expected


def test_one_frame_is_enough_when_it_is_very_sure() -> None:
    assert _segments("gng", sure=0.97) == [("no_mask", 1, 2)]


def test_gaps_are_measured_in_the_interval_that_was_looked_at() -> None:
    assert _segments("n.n", every=10.0) == [("no_mask", 0, 30)]


def _segment(label: Label, start: float, end: float, *people: int) -> Segment:
    return Segment(label=label, start_seconds=start, end_seconds=end, people=people)


def test_the_video_s_segments_join_those_of_its_people() -> None:
    segments = [
        _segment(NONE, 10, 12, 2), _segment(NONE, 0, 4, 1), _segment(NONE, 3, 6, 3), _segment(WRONG, 2, 5, 1)
    ]  # fmt: skip
    assert merge(segments, every_seconds=1.0) == [
        _segment(NONE, 0, 6, 1, 3),
        _segment(WRONG, 2, 5, 1),
        _segment(NONE, 10, 12, 2),
    ]


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(
        st.tuples(st.sampled_from([NONE, WRONG]), st.floats(0, 100), st.floats(0.1, 20), st.integers(1, 5)), max_size=12
    )
)
def test_merged_segments_of_a_kind_lie_apart_and_cover_all(spans: list[tuple[Label, float, float, int]]) -> None:
    segments = [_segment(label, start, start + length, person) for label, start, length, person in spans]
    merged = merge(segments, every_seconds=1.0)
    for label in (NONE, WRONG):
        of_kind = [each for each in merged if each.label is label]
        assert all(before.end_seconds < after.start_seconds for before, after in pairwise(of_kind))
    for segment in segments:
        (cover,) = [
            each for each in merged
            if each.label is segment.label and each.start_seconds <= segment.start_seconds <= each.end_seconds
        ]  # fmt: skip
        assert cover.end_seconds >= segment.end_seconds
        assert set(segment.people) <= set(cover.people)


def _people(*letters: str) -> list[tuple[Track, Person]]:
    """Several people, each at a place of its own, a letter per frame; `.` where nobody was seen."""
    frames = range(len(letters[0]))
    tracker, portraits = Tracker(), Portraits()
    grey = np.full((600, 4000, 3), 128, np.uint8)
    for n in frames:
        seen = [
            _sighting(n, 300.0 + 600 * place, label=LETTERS[each[n]])
            for place, each in enumerate(letters)
            if each[n] != "."
        ]
        tracks = tracker.add(seen)
        portraits.add(Frame(seconds=float(n), pixels=grey), zip(tracks, seen, strict=True))
    return people_of(tracker.tracks, portraits, every_seconds=1.0, ends=[n + 1.0 for n in frames])


def test_the_worst_moment_has_most_people_without_a_mask_in_their_segments() -> None:
    worst = worst_sightings(_people("gnnngg", "ggnngg", "nggggg", "wwwwww"))
    assert [(each.frame, each.label) for each in worst] == [(2, NONE), (2, NONE), (2, GOOD), (2, WRONG)]


def test_there_is_no_worst_moment_where_only_single_frames_say_so() -> None:
    assert worst_sightings(_people("gnggg", "ggggn", "wgggg")) == []


def test_who_has_no_segment_is_not_said_to_wear_no_mask() -> None:
    ((_, doubted), (_, believed)) = _people("n....", "nn...")
    assert (doubted.label, doubted.counts[NONE.value], doubted.segments) == (UNSURE, 1, ())
    assert believed.label is NONE


def test_people_are_numbered_without_those_who_are_taken_for_nobody() -> None:
    tracker = Tracker()
    portraits = Portraits()
    frames = [[_sighting(0, 100, score=0.5)], [_sighting(1, 900)], [_sighting(2, 900)]]
    for n, seen in enumerate(frames):
        tracks = tracker.add(seen)
        grey = np.full((600, 1000, 3), 128, np.uint8)
        portraits.add(Frame(seconds=float(n), pixels=grey), zip(tracks, seen, strict=True))
    ((_, person),) = people_of(tracker.tracks, portraits, every_seconds=1.0, ends=[1.0, 2.0, 3.0])
    assert (person.id, person.sightings, person.label) == (1, 2, GOOD)
    assert person.portrait.startswith(b"\xff\xd8")
