"""Near-duplicates: pictures that show one photo, however cut, mirrored, scaled, recoloured or compressed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.dataset.alignment import likeness
from training.dataset.candidates import MIN_CORRELATION, SPANS, Spans, find_candidates
from training.dataset.sketches import Sketches

# Chosen by eye. All 18 training pictures that reach it against masks/val are the same photo or the same shoot; what
# comes next, at 0.69, are strangers in one pose. Within masks/train 5 of 15 pairs between 0.75 and 0.8 were strangers
# before white walls, 2 of 10 between 0.8 and 0.9; to keep those together in a split costs nothing.
MIN_LIKENESS = 0.75


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Positions of two sketches that show one photo, and how alike they are, MIN_LIKENESS..1."""

    first: int
    second: int
    likeness: float
    is_mirrored: bool


def find_pairs(
    firsts: Sketches,
    seconds: Sketches,
    *,
    min_likeness: float = MIN_LIKENESS,
    min_correlation: float = MIN_CORRELATION,
    spans: Spans = SPANS,
) -> list[Pair]:
    """Near-duplicates between two sets, whichever of both was cut; the most alike first.

    Sketches of things alike by nature, such as faces, need a higher `min_correlation` of their thumbnails and fewer
    windows (`spans`, of a side) to be fast.
    """
    best: dict[tuple[int, int], Pair] = {}
    for swapped in (False, True):
        wholes, parts_of = (seconds, firsts) if swapped else (firsts, seconds)
        candidates = find_candidates(wholes, parts_of, min_correlation=min_correlation, spans=spans)
        for candidate in tqdm(candidates, "comparing", unit=" pairs", disable=None):
            key = (candidate.part_of, candidate.whole) if swapped else (candidate.whole, candidate.part_of)
            alike = likeness(wholes[candidate.whole], parts_of[candidate.part_of], candidate)
            if alike >= min_likeness and (key not in best or best[key].likeness < alike):
                best[key] = Pair(first=key[0], second=key[1], likeness=alike, is_mirrored=candidate.is_mirrored)
    return sorted(best.values(), key=lambda pair: -pair.likeness)


def find_pairs_within(sketches: Sketches, *, min_likeness: float = MIN_LIKENESS) -> list[Pair]:
    """Near-duplicates within one set, each pair once with `first` < `second`; the most alike first."""
    best: dict[tuple[int, int], Pair] = {}
    for candidate in tqdm(find_candidates(sketches, sketches), "comparing", unit=" pairs", disable=None):
        first, second = sorted((candidate.whole, candidate.part_of))
        if first == second:
            continue
        alike = likeness(sketches[candidate.whole], sketches[candidate.part_of], candidate)
        known = best.get((first, second))
        if alike >= min_likeness and (known is None or known.likeness < alike):
            pair = Pair(first=first, second=second, likeness=alike, is_mirrored=candidate.is_mirrored)
            best[first, second] = pair
    return sorted(best.values(), key=lambda pair: -pair.likeness)


def group(pairs: Iterable[Pair], count: int) -> NDArray[np.int64]:
    """The group [count] of each picture: the lowest position that pairs lead to from it (union-find)."""
    parents = list(range(count))

    def root(position: int) -> int:
        while parents[position] != position:
            parents[position] = parents[parents[position]]  # halving the path keeps it short
            position = parents[position]
        return position

    for pair in pairs:
        first, second = root(pair.first), root(pair.second)
        parents[max(first, second)] = min(first, second)
    return np.asarray([root(position) for position in range(count)], np.int64)
