"""Reading an operator's inputs."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from model_api.engines.graph.step import Attributes, Inputs
from model_api.errors import BrokenModel


def one(inputs: Inputs, place: int) -> Tensor:
    """The input at a place. Raises BrokenModel when it is left out."""
    value = inputs[place] if place < len(inputs) else None
    if value is None:
        raise BrokenModel(f"an operator lacks its input {place}")
    return value


def setting(inputs: Inputs, place: int) -> list[Any] | None:
    """The numbers of an input, None when it is left out or empty."""
    value = inputs[place] if place < len(inputs) else None
    return None if value is None or value.numel() == 0 else value.reshape(-1).tolist()


def axes_of(inputs: Inputs, given: Attributes, place: int = 1) -> list[int] | None:
    """Axes: an input since opset 13 or 18, an attribute before."""
    return setting(inputs, place) or given.get("axes")
