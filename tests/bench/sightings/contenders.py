"""Ways to count people in shots: ours, the overlap of boxes as video trackers do it, and no matching at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analyzer.sightings.assignment import assign
from analyzer.sightings.follow import Person, follow
from bench.sightings.shots import Shot
from common.domain.prediction import Box

Ids = list[tuple[str, ...]]  # of each shot, who each of its faces is taken for
Contender = Callable[[Sequence[Shot]], Ids]

LEAST_OVERLAP = 0.3  # IoU, as SORT (Bewley et al., arXiv:1602.00763) has it
MOST_MISSES = 3  # in a row: kinder than SORT's one


def ours(shots: Sequence[Shot]) -> Ids:
    """By place, size, time and looks."""
    return _followed(shots, {shot.look.snapshot_id: shot.appearances for shot in shots})


def ours_without_looks(shots: Sequence[Shot]) -> Ids:
    """The same with MASKWATCH_APPEARANCE=off."""
    return _followed(shots, {})


def overlap(shots: Sequence[Shot]) -> Ids:
    """The best assignment by IoU."""
    boxes: dict[str, tuple[Box, int]] = {}  # where each was last seen, and how many shots ago
    found = []
    for shot in shots:
        known = list(boxes)
        named = _by_overlap(shot, known, boxes)
        found.append(named)
        boxes = {name: (box, misses + 1) for name, (box, misses) in boxes.items() if misses < MOST_MISSES}
        boxes |= {name: (face.box, 0) for name, (_, face) in zip(named, shot.look.faces, strict=True)}
    return found


def nothing(shots: Sequence[Shot]) -> Ids:
    """Every face is somebody new."""
    return [tuple(f"{shot.look.snapshot_id}-{place}" for place, _ in shot.look.faces) for shot in shots]


CONTENDERS: Mapping[str, Contender] = {
    "sightings": ours,
    "sightings without looks": ours_without_looks,
    "overlap of boxes": overlap,
    "no matching": nothing,
}


def _followed(shots: Sequence[Shot], appearances: Mapping[str, tuple[bytes, ...]]) -> Ids:
    people: tuple[Person, ...] = ()
    found = []
    for shot in shots:
        step = follow(people, shot.look, appearances)
        people = step.people
        found.append(tuple(person.id for person in step.seen))
    return found


def _by_overlap(shot: Shot, known: Sequence[str], boxes: Mapping[str, tuple[Box, int]]) -> tuple[str, ...]:
    newcomers = [-LEAST_OVERLAP] * len(shot.look.faces)
    costs = [[*(-_iou(face.box, boxes[name][0]) for name in known), *newcomers] for _, face in shot.look.faces]
    return tuple(
        known[column] if column < len(known) else f"{shot.look.snapshot_id}-{place}"
        for column, (place, _) in zip(assign(costs), shot.look.faces, strict=True)
    )


def _iou(one: Box, other: Box) -> float:
    across = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    down = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return across * down / max(1e-9, sum(areas) - across * down)
