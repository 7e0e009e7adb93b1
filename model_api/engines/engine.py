"""What runs a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from model_api.arrays import Batch, Floats


class Engine(Protocol):
    """A loaded network; thread-safe, one batch at a time."""

    @property
    def outputs(self) -> Sequence[str]:
        """The names of its outputs."""

    def infer(self, pictures: Batch) -> Mapping[str, Floats]:
        """Run uint8 RGB pictures [N, H, W, 3]; the outputs by name.

        Raises model_api.errors.InferenceFailed.
        """


@runtime_checkable
class RowEngine(Engine, Protocol):
    """An engine that leaves on its device what nobody will read: copying all of it takes longer than looking."""

    def infer_rows(self, pictures: Batch, *, by: str, least: float) -> Sequence[Mapping[str, Floats]]:
        """As `infer_rows` below."""


def infer_rows(engine: Engine, pictures: Batch, *, by: str, least: float) -> Sequence[Mapping[str, Floats]]:
    """Of each picture the outputs' rows, at least those in which the output `by` reaches `least`.

    Raises model_api.errors.InferenceFailed.
    """
    if isinstance(engine, RowEngine):
        return engine.infer_rows(pictures, by=by, least=least)
    outputs = engine.infer(pictures)
    return [{name: output[row] for name, output in outputs.items()} for row in range(len(pictures))]
