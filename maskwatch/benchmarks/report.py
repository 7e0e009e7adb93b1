"""What a benchmark found: named figures, each with its goal and how it was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

Cell = str | float | int | None


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Where a figure should lie."""

    limit: float
    is_least: bool  # the figure must reach the limit; otherwise it must stay below it

    def is_reached_by(self, value: float) -> bool:
        """Whether that value is good enough."""
        return value >= self.limit if self.is_least else value < self.limit

    def __str__(self) -> str:
        return f"{'>=' if self.is_least else '<'} {self.limit:g}"


def at_least(limit: float) -> Goal:
    """More is better, and this is enough."""
    return Goal(limit=limit, is_least=True)


def below(limit: float) -> Goal:
    """Less is better, and this is too much."""
    return Goal(limit=limit, is_least=False)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number that somebody will quote."""

    name: str  # stable, with dots, such as "one_by_one.lite"
    value: float | None  # None: not measured, and `how` says why; NaN, a statistic of nothing, becomes None
    unit: str
    how: str  # of what, how often, which statistic
    goal: Goal | None = None

    def __post_init__(self) -> None:
        if self.value is not None and math.isnan(self.value):
            object.__setattr__(self, "value", None)

    @property
    def is_reached(self) -> bool | None:
        """None without a goal or a value."""
        return None if self.goal is None or self.value is None else self.goal.is_reached_by(self.value)

    def under(self, name: str) -> Figure:
        """The same figure, as one of several of that name."""
        return replace(self, name=f"{name}.{self.name}")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Numbers that only make sense side by side, such as where the time of one picture goes."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that one benchmark found."""

    name: str
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...] = ()
    models: tuple[str, ...] = ()  # name@version of those that were measured

    @property
    def missed(self) -> tuple[Figure, ...]:
        """The figures that were measured and miss their goal."""
        return tuple(figure for figure in self.figures if figure.is_reached is False)
