"""One more picture: who of the people in view is who in it, and who is new.

A pure function. Whoever keeps the people between pictures needs nothing of this package but what is named here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzer.sightings.assignment import assign
from analyzer.sightings.look import Appearances, Look
from analyzer.sightings.person import Person, Portrait, references, sighting_of, size_of
from analyzer.sightings.votes import NOTHING, add, call
from common.domain.prediction import Face, Label

__all__ = ["Appearances", "Look", "Person", "Step", "follow", "references", "sighting_of"]

MOST_MISSES = 3
MOST_SECONDS = 120.0
KEPT_APPEARANCES = 3
NOBODY = 1e6  # costs more than any pair


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a picture makes of the people."""

    people: tuple[Person, ...]  # after it, also those unseen but not yet forgotten
    seen: tuple[Person, ...]  # who each of its faces is, in their order


def follow(people: tuple[Person, ...], look: Look, appearances: Appearances) -> Step:
    """The people after one more picture, which is newer than all they were seen in."""
    known = [person for person in people if not _is_gone(person, look)]
    matches = _matches(known, look)
    seen = tuple(
        _begin(look, position) if person is None else _go_on(person, look, position, appearances)
        for position, person in enumerate(matches)
    )
    matched = {person.id for person in matches if person is not None}
    unseen = tuple(replace(person, misses=person.misses + 1) for person in known if person.id not in matched)
    return Step(people=(*unseen, *seen), seen=seen)


def _is_gone(person: Person, look: Look) -> bool:
    return person.misses >= MOST_MISSES or (look.at - person.seen_at).total_seconds() > MOST_SECONDS


def _matches(people: Sequence[Person], look: Look) -> list[Person | None]:
    if not look.faces:
        return []
    costs = [[*(_cost(person, face, look) for person in people), *[1.0] * len(look.faces)] for _, face in look.faces]
    return [people[column] if column < len(people) else None for column in assign(costs)]


def _cost(person: Person, face: Face, look: Look) -> float:
    seconds = max(0.0, (look.at - person.seen_at).total_seconds())
    size = max(person.size, size_of(face.box))
    distance = math.dist(person.center, face.center) / size
    growth = abs(math.log(size_of(face.box) / person.size))
    cost = distance / (1.5 + 3.0 * seconds) + growth
    return cost if cost < 1.0 else NOBODY


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
        best=Portrait(snapshot_id=look.snapshot_id, box=face.box, score=face.score),
        appearances=((look.snapshot_id, place),),
    )


def _go_on(person: Person, look: Look, position: int, appearances: Appearances) -> Person:
    place, face = look.faces[position]
    evidence = add(person.evidence, face)
    best = Portrait(snapshot_id=look.snapshot_id, box=face.box, score=face.score)
    return replace(
        person,
        seen_at=look.at,
        shots=person.shots + 1,
        misses=0,
        box=face.box,
        evidence=evidence,
        label=call(evidence, person.shots + 1, person.label),
        zones=tuple(dict.fromkeys((*person.zones, *look.zones_of(position)))),
        best=best if best.score > person.best.score else person.best,
        appearances=(*person.appearances, (look.snapshot_id, place))[-KEPT_APPEARANCES:],
    )
