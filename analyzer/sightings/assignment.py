"""Which pairs to make, so that their costs add up to the least."""

from __future__ import annotations

import math
from collections.abc import Sequence


def assign(costs: Sequence[Sequence[float]]) -> list[int]:
    """The column of each row, all different, at the least sum of costs; [rows, columns], no more rows than columns.

    Shortest augmenting paths (Jonker & Volgenant 1987), exact, in rows² * columns steps: SciPy has it too, and is
    larger than all of the analyzer. Of equal sums the first found is taken, so the same costs give the same pairs.
    """
    columns = len(costs[0]) if costs else 0
    row_prices, column_prices = [0.0] * len(costs), [0.0] * columns
    owners: list[int | None] = [None] * columns
    for row in range(len(costs)):
        _admit(row, costs, row_prices, column_prices, owners)
    chosen = [0] * len(costs)
    for column, owner in enumerate(owners):
        if owner is not None:
            chosen[owner] = column
    return chosen


def _admit(
    newcomer: int,
    costs: Sequence[Sequence[float]],
    row_prices: list[float],
    column_prices: list[float],
    owners: list[int | None],
) -> None:
    """Give the row a column; others move along the cheapest path to a free one (Dijkstra's, by reduced costs)."""
    columns = range(len(column_prices))
    distances, came_from = [math.inf] * len(columns), [-1] * len(columns)  # of columns, from the newcomer
    done: list[int] = []
    is_done = [False] * len(columns)
    row, reached, last = newcomer, 0.0, -1
    while True:
        base = reached - row_prices[row]
        for column in columns:
            if not is_done[column]:
                distance = base + costs[row][column] - column_prices[column]
                if distance < distances[column]:
                    distances[column], came_from[column] = distance, last
        last = min((column for column in columns if not is_done[column]), key=distances.__getitem__)
        reached = distances[last]
        owner = owners[last]
        if owner is None:
            break
        is_done[last] = True
        done.append(last)
        row = owner
    row_prices[newcomer] += reached
    for column in done:
        row_prices[_owner(owners, column)] += reached - distances[column]
        column_prices[column] -= reached - distances[column]
    while came_from[last] != -1:
        owners[last] = owners[came_from[last]]
        last = came_from[last]
    owners[last] = newcomer


def _owner(owners: Sequence[int | None], column: int) -> int:
    owner = owners[column]
    assert owner is not None  # noqa: S101  # only owned columns lie on a path
    return owner
