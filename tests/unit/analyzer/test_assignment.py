"""The cheapest pairs, against trying all of them."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.sightings.assignment import assign


@st.composite
def costs(draw):
    rows = draw(st.integers(0, 4))
    columns = rows + draw(st.integers(0, 2))
    cells = st.floats(-50, 50) | st.integers(-3, 3).map(float)  # the latter: many equal sums
    return [[draw(cells) for _ in range(columns)] for _ in range(rows)]


@given(costs())
def test_no_other_pairs_cost_less(table):
    chosen = assign(table)
    assert len(set(chosen)) == len(table)
    paid = sum(row[column] for row, column in zip(table, chosen, strict=True))
    every_other = permutations(range(len(table[0]) if table else 0), len(table))
    least = min(sum(row[column] for row, column in zip(table, other, strict=True)) for other in every_other)
    assert abs(paid - least) < 1e-9
