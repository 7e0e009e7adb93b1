"""How much speaks for a face being somebody who was there before, rather than somebody new.

Trackers such as Norfair and ByteTrack (in supervision) expect a box to overlap its own of the picture before, several
times a second. Here seconds pass between two pictures: whoever walks has crossed half of the picture. So each pair gets
the log likelihood ratio of two stories, "the same, who stayed, walked on or walked anywhere" and "they left or were
not found, and somebody came", in nats, and what is known of the place, the size, the time and the looks simply adds up
(Reid 1979, without the tree of hypotheses).
"""

from __future__ import annotations

import math

from analyzer.sightings.likeness import MOST, likeness
from analyzer.sightings.look import Appearances, Look
from analyzer.sightings.person import Person, size_of
from common.domain.prediction import Face

STAYS, GOES_ON, WALKS = 0.5, 0.25, 0.25  # shares of what people do between two pictures
SWAY = 0.4  # sizes of the face that a standing person moves, and the detector errs
STEP = 0.5  # sizes per second, standing for how well somebody keeps their course
STRIDE = (3.0, 0.8)  # sizes per second across and down: 1 m/s at most, and from afar towards the camera
ALIKE_GROWTH = 0.08  # of the logarithm of the size of a face, from picture to picture …
GROWTH = 0.12  # … and more per second, towards the camera
ANY_GROWTH = 0.7  # between two people
COMES_PER_SECOND = 0.025  # new people, for each who is there and one more: where many are, many come (Little 1961)
STAY_SECONDS = 60.0  # until somebody leaves, on average
TAKEN_PER_SECOND = 0.01  # of the newcomers stand where somebody stood: at the till, in the queue …
MOST_TAKEN = 0.2  # … after a while
OVERLOOKED = 0.12  # of the faces there are not found in a picture …
ASIDE_SECONDS = 3.0  # … and who looked aside in the last one may still do so, for so long
BORDER = 2.0  # pixels
UNKNOWN_LOOKS = 0.7  # nats where nobody can compare them: for the same balance


def affinity(person: Person, position: int, look: Look, appearances: Appearances, *, crowd: int) -> float:
    """Nats for the face at this position being that person; below 0: rather somebody new.

    `crowd`: how many are remembered, of whom this may be one.
    """
    place, face = look.faces[position]
    seconds = max(0.1, (look.at - person.seen_at).total_seconds())
    stays = -seconds / STAY_SECONDS + _of_misses(person.misses, seconds)
    comes = math.log(min(1.0, COMES_PER_SECOND * (1 + crowd) * seconds))
    known = stays - comes + _of_place(person, face, look, seconds)
    if _is_cut(face, look):  # half a face has no size, and does not look like itself
        return known + UNKNOWN_LOOKS
    known += _of_size(person, face, seconds)
    if known < -MOST:  # no likeness makes up for that; in a crowd most pairs are such
        return known
    return known + _of_looks(person, look.snapshot_id, place, appearances)


def _is_cut(face: Face, look: Look) -> bool:
    """By the picture's left or right border, where people come and go."""
    left, _, right, _ = face.box
    return left < BORDER or right > look.width - BORDER


def _of_misses(misses: int, seconds: float) -> float:
    """Of so many pictures in between in which they were not found."""
    if not misses:
        return 0.0
    still_aside = math.exp(-seconds / (misses + 1) / ASIDE_SECONDS)
    return misses * math.log(OVERLOOKED + (1 - OVERLOOKED) * still_aside)


def _of_place(person: Person, face: Face, look: Look, seconds: float) -> float:
    size = math.sqrt(person.size * size_of(face.box))
    (x, y), (x_before, y_before) = face.center, person.center
    moved = (x - x_before) / size, (y - y_before) / size
    off_course = moved[0] - person.course[0] * seconds / size, moved[1] - person.course[1] * seconds / size
    picture = max(look.width, 1) / size, max(look.height, 1) / size
    near = _normal(moved, SWAY, SWAY)
    course = SWAY + STEP * seconds
    anywhere = [min(SWAY + each * seconds, side / 3) for each, side in zip(STRIDE, picture, strict=True)]
    same = STAYS * near + GOES_ON * _normal(off_course, course, course) + WALKS * _normal(moved, *anywhere)
    taken = min(MOST_TAKEN, TAKEN_PER_SECOND * seconds)
    new = (1 - taken) / (picture[0] * picture[1]) + taken * near
    return math.log(max(same, 1e-12) / new)


def _of_size(person: Person, face: Face, seconds: float) -> float:
    grown = math.log(size_of(face.box) / person.size)
    alike = min(ANY_GROWTH, ALIKE_GROWTH + GROWTH * seconds)
    return (grown / ANY_GROWTH) ** 2 / 2 - (grown / alike) ** 2 / 2 + math.log(ANY_GROWTH / alike)


def _of_looks(person: Person, snapshot_id: str, place: int, appearances: Appearances) -> float:
    """By the picture of them that is most like it: they turn their head, and it is still them."""
    shown = _appearance(appearances, snapshot_id, place)
    before = [_appearance(appearances, *reference) for reference in person.appearances]
    return max((likeness(shown, each) for each in before if shown and each), default=UNKNOWN_LOOKS)


def _appearance(appearances: Appearances, snapshot_id: str, place: int) -> bytes:
    of_faces = appearances.get(snapshot_id, ())
    return of_faces[place] if place < len(of_faces) else b""


def _normal(offset: tuple[float, float], across: float, down: float) -> float:
    """The density of a normal distribution in the plane."""
    exponent = (offset[0] / across) ** 2 + (offset[1] / down) ** 2
    return math.exp(-exponent / 2) / (2 * math.pi * across * down)
