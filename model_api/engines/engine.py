"""What runs a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from model_api.arrays import Floats, Pixels


class Engine(Protocol):
    """A loaded network; thread-safe, one batch at a time."""

    @property
    def outputs(self) -> Sequence[str]:
        """The names of its outputs."""

    def infer(self, pictures: Pixels) -> Mapping[str, Floats]:
        """Run uint8 RGB pictures [N, H, W, 3]; the outputs by name.

        Raises model_api.errors.InferenceFailed.
        """
