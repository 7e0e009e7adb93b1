"""Faces of sampled frames -> people, by place and time alone.

Frames lie a second apart, so boxes jump: what counts is how far a face is from where its person was heading, in sizes
of the face, and whether it is about as large. No appearance is compared. That keeps the promise that nobody is
recognised, and sets the limits: who is away for more than MOST_MISSES frames comes back as somebody new, two people who
cross between two frames may be exchanged, a cut to another scene may go on with somebody at the same place, and who
walks past close to the camera is several people.

Pairs are taken greedily, the best first. The best assignment as a whole (Kuhn, 1955) would need SciPy on every server;
on five filmed scenes, looked at once to ten times a second, it made the very same 479 links.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from common.domain.prediction import Box, Label

MOST_MISSES = 3  # frames in a row without the person: somebody in front, a turned head
REACH = 1.5  # sizes of the face that a person moves off course in no time: the detector's own jitter, a nod
REACH_PER_SECOND = 1.0  # and more for each second
MOST_REACH = 3.5  # beyond which it is anybody
MOST_GROWTH = 1.8  # of the face's size between two frames, or its inverse
HEADING_SECONDS = 1.5  # for longer nobody is assumed to keep course
SMOOTHING = 0.5  # weight of the newest step in the course

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """A person's face in one frame."""

    frame: int  # number among the frames looked at, from 0
    seconds: float
    box: Box
    score: float
    label: Label
    probabilities: tuple[float, float, float]  # in the order of CLASSES

    @property
    def size(self) -> float:
        """The geometric mean of the box's sides, in pixels."""
        x1, y1, x2, y2 = self.box
        return math.sqrt(max(1.0, x2 - x1) * max(1.0, y2 - y1))

    @property
    def center(self) -> Point:
        """The middle of its box, in pixels."""
        x1, y1, x2, y2 = self.box
        return (x1 + x2) / 2, (y1 + y2) / 2


@dataclass(kw_only=True, eq=False)
class Track:
    """The sightings that are taken for one person."""

    id: int  # from 1, in the order of appearance; within a frame from left to right
    sightings: list[Sighting] = field(default_factory=list)
    course: Point = (0.0, 0.0)  # pixels per second

    @property
    def last(self) -> Sighting:
        """The newest sighting."""
        return self.sightings[-1]

    def add(self, sighting: Sighting) -> None:
        """Go on with this one, and follow its course."""
        if self.sightings:
            elapsed = max(1e-3, sighting.seconds - self.last.seconds)
            steps = zip(self.last.center, sighting.center, self.course, strict=True)
            x, y = ((1 - SMOOTHING) * old + SMOOTHING * (after - before) / elapsed for before, after, old in steps)
            self.course = x, y
        self.sightings.append(sighting)

    def expected_at(self, seconds: float) -> Point:
        """Where the face should be by its course, in pixels."""
        elapsed = min(HEADING_SECONDS, seconds - self.last.seconds)
        x, y = self.last.center
        return x + self.course[0] * elapsed, y + self.course[1] * elapsed


class Tracker:
    """Takes frames in the order of time."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._alive: list[Track] = []

    def add(self, sightings: Sequence[Sighting]) -> list[Track]:
        """Continue or begin a track for each face of one frame; the tracks in the order of the faces."""
        matched = dict(_pairs(self._alive, sightings))
        newcomers = [number for number in range(len(sightings)) if number not in matched]
        for number in sorted(newcomers, key=lambda number: sightings[number].box):
            track = Track(id=len(self.tracks) + 1)
            self.tracks.append(track)
            matched[number] = track
        for number, sighting in enumerate(sightings):
            matched[number].add(sighting)
        if sightings:
            frame = sightings[0].frame
            known = {track.id: track for track in (*self._alive, *matched.values())}
            self._alive = [track for track in known.values() if frame - track.last.frame <= MOST_MISSES]
        return [matched[number] for number in range(len(sightings))]


def _pairs(tracks: Iterable[Track], sightings: Sequence[Sighting]) -> Iterable[tuple[int, Track]]:
    """The number of each sighting that continues a track, with that track; the cheapest pair first."""
    pairs = [
        (cost, track.id, sighting.box, number, track)
        for track in tracks
        for number, sighting in enumerate(sightings)
        if sighting.frame - track.last.frame <= MOST_MISSES + 1 and (cost := pair_cost(track, sighting)) is not None
    ]
    taken: set[int] = set()
    continued: set[int] = set()
    for _cost, _id, _box, number, track in sorted(pairs, key=lambda pair: pair[:3]):  # never by the order of the faces
        if number not in taken and track.id not in continued:
            taken.add(number)
            continued.add(track.id)
            yield number, track


def pair_cost(track: Track, sighting: Sighting) -> float | None:
    """How badly a face fits a person, from 0; None where it cannot be the same one."""
    growth = abs(math.log(sighting.size / track.last.size))
    elapsed = sighting.seconds - track.last.seconds
    reach = min(MOST_REACH, REACH + REACH_PER_SECOND * elapsed)
    size = max(sighting.size, track.last.size)
    distance = min(
        math.dist(place, sighting.center) for place in (track.last.center, track.expected_at(sighting.seconds))
    )
    if growth > math.log(MOST_GROWTH) or distance > reach * size:
        return None
    return distance / (reach * size) + growth / math.log(MOST_GROWTH) + (1 - _overlap(track, sighting))


def _overlap(track: Track, sighting: Sighting) -> float:
    """IoU of the face and the person's last box, moved to where the person was heading."""
    (x, y), (x_before, y_before) = track.expected_at(sighting.seconds), track.last.center
    moved = (x - x_before, y - y_before) * 2
    x1, y1, x2, y2 = (edge + step for edge, step in zip(track.last.box, moved, strict=True))
    left, top, right, bottom = sighting.box
    common = max(0.0, min(x2, right) - max(x1, left)) * max(0.0, min(y2, bottom) - max(y1, top))
    union = (x2 - x1) * (y2 - y1) + (right - left) * (bottom - top) - common
    return common / union if union > 0 else 0.0
