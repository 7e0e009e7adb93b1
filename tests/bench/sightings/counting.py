"""People counted against people there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from bench.sightings.contenders import Ids
from bench.sightings.shots import Shot


@dataclass(frozen=True, kw_only=True)
class Count:
    """Of one scene, or of several together."""

    there: int  # people
    counted: int
    seen: int | None = None  # of those there, in one shot at least: nobody could count the others; None: not known
    split: int | None = None  # times that one person was counted once more
    merged: int | None = None  # times that a second person was taken for one that was counted already
    nobody: int | None = None  # counted where no person was

    @property
    def error(self) -> float:
        """|counted - there| / there."""
        return abs(self.counted - self.there) / self.there

    def __add__(self, other: Count) -> Count:
        parts = ((vars(self)[name], vars(other)[name]) for name in vars(self))
        sums = (None if one is None or two is None else one + two for one, two in parts)
        return Count(**dict(zip(vars(self), sums, strict=True)))


def together(counts: Iterable[Count]) -> Count:
    """Their sum."""
    return reduce(add, counts)


def count(shots: Sequence[Shot], ids: Ids, *, there: int) -> Count:
    """What was counted in shots of which it is known who each face is."""
    whose: dict[str, set[int | None]] = defaultdict(set)
    for shot, names in zip(shots, ids, strict=True):
        for name, who in zip(names, shot.truth, strict=True):
            whose[name].add(who)
    people = [each - {None} for each in whose.values()]
    seen = set().union(*people)
    return Count(
        there=there,
        counted=len(whose),
        seen=len(seen),
        split=sum(sum(who in each for each in people) - 1 for who in seen),
        merged=sum(len(each) - 1 for each in people if each),
        nobody=sum(not each for each in people),
    )


def count_only(ids: Ids, *, there: int) -> Count:
    """Where only the number of people is known."""
    return Count(there=there, counted=len({name for names in ids for name in names}))
