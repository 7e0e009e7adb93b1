"""From what is uncovered to how the mask is worn: rules as plain data, which an operator may copy and edit.

`fit_rules.json` beside this file is the packaged copy; MASKWATCH_FIT_RULES names another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from itertools import chain, combinations, product
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from common.domain.prediction import Label
from common.errors import InvalidInput
from model_api.regions import Part

PACKAGED_RULES = Path(__file__).with_name("fit_rules.json")
Share = Annotated[float, Field(ge=0, le=1)]


class Worn(StrEnum):
    """How a mask is worn, in a rule's words."""

    PROPERLY = "properly"
    WRONGLY = "wrongly"
    NOT = "not"

    @property
    def label(self) -> Label:
        """The classifier's word for it."""
        return _LABELS[self]


_LABELS = {Worn.PROPERLY: Label.MASK_CORRECT, Worn.WRONGLY: Label.MASK_INCORRECT, Worn.NOT: Label.NO_MASK}


class FitRule(BaseModel):
    """One row: exactly these parts are uncovered, and a mask is to be seen somewhere, or not, or either."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uncovered: frozenset[Part]
    worn: Worn
    mask_seen: bool | None = None  # None: either

    @property
    def cases(self) -> list[tuple[frozenset[Part], bool]]:
        """What it speaks of: uncovered parts, and whether a mask is seen."""
        seen = (True, False) if self.mask_seen is None else (self.mask_seen,)
        return [(self.uncovered, value) for value in seen]


class FitRules(BaseModel):
    """The file. Exactly one rule speaks of every case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    smallest_face: float = Field(ge=0)  # pixels, sqrt of width x height; of smaller ones the rules say nothing
    mask_seen_from: Share  # of the crop around a face: from so much covered on a mask is seen
    covered_from: dict[Part, Share]  # from this share of a part on it counts as covered
    rules: tuple[FitRule, ...]
    doubt: float = Field(ge=1)  # temperature of the classifier's probabilities when the rules say otherwise; 1: none

    @model_validator(mode="after")
    def _is_complete(self) -> FitRules:
        for part in Part:
            if part not in self.covered_from:
                raise ValueError(f"covered_from lacks {part}")
        spoken = Counter(chain.from_iterable(rule.cases for rule in self.rules))
        for case in every_case():
            if spoken[case] != 1:
                raise ValueError(f"{spoken[case] or 'no'} rules speak of {_named(*case)}; one must")
        return self

    def uncovered(self, covered: Mapping[Part, float]) -> tuple[Part, ...]:
        """The parts of which too little is covered, from above."""
        return tuple(part for part in Part if covered[part] < self.covered_from[part])

    def judge(self, uncovered: tuple[Part, ...], *, mask_share: float) -> Worn:
        """How the mask is worn; `mask_share` is how much of the crop it covers, 0..1."""
        case = (frozenset(uncovered), mask_share >= self.mask_seen_from)
        return next(rule.worn for rule in self.rules if case in rule.cases)


def every_case() -> list[tuple[frozenset[Part], bool]]:
    """Each set of parts, with a mask seen and without."""
    sets = chain.from_iterable(combinations(Part, count) for count in range(len(Part) + 1))
    return list(product(map(frozenset, sets), (True, False)))


def _named(uncovered: frozenset[Part], seen: bool) -> str:
    parts = ", ".join(part for part in Part if part in uncovered) or "nothing"
    return f"{parts} uncovered, {'a' if seen else 'no'} mask seen"


def load_fit_rules(path: Path | None = None) -> FitRules:
    """The rules of a file, the packaged ones without. Raises InvalidInput naming the file and what is wrong."""
    chosen = path or PACKAGED_RULES
    try:
        return FitRules.model_validate_json(chosen.read_bytes())
    except OSError as exc:
        raise InvalidInput(f"the fit rules {chosen} cannot be read: {exc.strerror}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"the fit rules {chosen}: {place + ': ' if place else ''}{first['msg']}") from exc
