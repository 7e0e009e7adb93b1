"""One more picture: who of the people in view is who in it, and who is new.

A pure function. Whoever keeps the people between pictures needs nothing of this package but what is named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzer.sightings.affinity import affinity
from analyzer.sightings.assignment import assign
from analyzer.sightings.look import Appearances, Look
from analyzer.sightings.person import Person, Point, references, sighting_of
from analyzer.sightings.portrait import portrait_of
from analyzer.sightings.votes import NOTHING, add, call
from common.domain.prediction import Face, Label

__all__ = ["Appearances", "Look", "Person", "Step", "follow", "references", "sighting_of"]

NEWEST_STEP = 0.5  # weight of the last step in somebody's course
MOST_MISSES = 10  # pictures in a row: some 20 s of looking aside at one shot per 2 s
MOST_SECONDS = 120.0  # later nobody is the same, however far apart the shots are
KEPT_APPEARANCES = 3  # of a person: from several sides, and still known after a late picture
MOST_PEOPLE = 200  # remembered of a camera: a bound on a history's size, beyond any crowd that has faces


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a picture makes of the people."""

    people: tuple[Person, ...]  # after it, also those unseen but not yet forgotten
    seen: tuple[Person, ...]  # who each of its faces is, in their order


def follow(people: tuple[Person, ...], look: Look, appearances: Appearances) -> Step:
    """The people after one more picture, which is newer than all they were seen in."""
    known = [person for person in people if not _is_gone(person, look)]
    matches = _matches(known, look, appearances)
    seen = tuple(
        _begin(look, position) if person is None else _go_on(person, look, position)
        for position, person in enumerate(matches)
    )
    matched = {person.id for person in matches if person is not None}
    unseen = tuple(replace(person, misses=person.misses + 1) for person in known if person.id not in matched)
    return Step(people=(*unseen, *seen)[-MOST_PEOPLE:], seen=seen)  # who was not seen for longest comes first


def _is_gone(person: Person, look: Look) -> bool:
    return person.misses >= MOST_MISSES or (look.at - person.seen_at).total_seconds() > MOST_SECONDS


def _matches(people: Sequence[Person], look: Look, appearances: Appearances) -> list[Person | None]:
    """Who each face is, all told the likeliest; None: somebody new."""
    newcomers = [0.0] * len(look.faces)
    costs = [
        [*(-affinity(person, position, look, appearances, crowd=len(people)) for person in people), *newcomers]
        for position in range(len(look.faces))
    ]
    return [people[column] if column < len(people) else None for column in assign(costs)]


def _begin(look: Look, position: int) -> Person:
    place, face = look.faces[position]
    evidence = add(NOTHING, face)
    return Person(
        id=f"{look.snapshot_id}-{place}",
        began_at=look.at,
        seen_at=look.at,
        shots=1,
        box=face.box,
        evidence=evidence,
        label=call(evidence, 1, Label.UNCERTAIN),
        zones=look.zones_of(position),
        best=portrait_of(face, look.snapshot_id),
        appearances=((look.snapshot_id, place),),
    )


def _go_on(person: Person, look: Look, position: int) -> Person:
    place, face = look.faces[position]
    evidence = add(person.evidence, face)
    best = portrait_of(face, look.snapshot_id)
    return replace(
        person,
        seen_at=look.at,
        shots=person.shots + 1,
        misses=0,
        box=face.box,
        course=_course(person, face, (look.at - person.seen_at).total_seconds()),
        evidence=evidence,
        label=call(evidence, person.shots + 1, person.label),
        zones=tuple(dict.fromkeys((*person.zones, *look.zones_of(position)))),
        best=best if best.score > person.best.score else person.best,
        appearances=(*person.appearances, (look.snapshot_id, place))[-KEPT_APPEARANCES:],
    )


def _course(person: Person, face: Face, seconds: float) -> Point:
    (x, y), (x_before, y_before) = face.center, person.center
    newest = (x - x_before) / max(0.1, seconds), (y - y_before) / max(0.1, seconds)
    share = 1.0 if person.shots == 1 else NEWEST_STEP
    x_share, y_share = (share * new + (1 - share) * old for new, old in zip(newest, person.course, strict=True))
    return x_share, y_share
