"""One picture of a camera as those who follow people see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from common.domain.prediction import Face

# Of each snapshot whose are still known: of each face of its prediction, in its order, int8 [32]; empty where unknown.
Appearances = Mapping[str, tuple[bytes, ...]]


@dataclass(frozen=True, kw_only=True)
class Look:
    """The faces of one picture that count."""

    camera_id: str
    snapshot_id: str
    at: datetime  # it was captured
    width: int  # pixels
    height: int
    faces: tuple[tuple[int, Face], ...]  # with their places in the prediction
    zones: tuple[tuple[str, ...], ...] = ()  # of each of them, the names of the zones it lies in; empty: no zones

    def zones_of(self, position: int) -> tuple[str, ...]:
        """Of the face at this position in `faces`."""
        return self.zones[position] if self.zones else ()
