"""One operation of a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

Inputs = Sequence[Tensor | None]  # None: an optional input that is left out
Attributes = Mapping[str, Any]
Function = Callable[[Inputs, Attributes], Tensor | Sequence[Tensor]]


@dataclass(frozen=True, kw_only=True)
class Operator:
    """What an ONNX operator does, and which of its inputs are settings.

    A setting (a shape, axes, bounds) is read as numbers and so stays in the host's memory; everything else is data.
    """

    run: Function
    settings: frozenset[int] = frozenset()  # positions among the inputs


@dataclass(frozen=True, kw_only=True)
class Step:
    """An operator with its place in the network; inputs and outputs are names, "" for one that is left out."""

    kind: str  # the operator's name in ONNX
    operator: Operator = field(repr=False)
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Attributes = field(default_factory=dict)

    @property
    def data(self) -> tuple[str, ...]:
        """The names of the inputs that are no settings."""
        return tuple(name for place, name in enumerate(self.inputs) if name and place not in self.operator.settings)

    def run(self, inputs: Inputs) -> Sequence[Tensor]:
        """The outputs, in order."""
        answer = self.operator.run(inputs, self.attributes)
        return (answer,) if isinstance(answer, Tensor) else answer
