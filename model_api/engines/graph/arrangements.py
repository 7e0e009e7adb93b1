"""ONNX operators that move, cut and repeat numbers, and those that say how many there are.

Source: the operator reference of ONNX, https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from onnx import helper
from torch import Tensor

from model_api.engines.graph.settings import axes_of, one, setting
from model_api.engines.graph.step import Attributes, Inputs
from model_api.errors import BrokenModel


def shape_of(inputs: Inputs, given: Attributes) -> Tensor:
    """Shape."""
    return torch.tensor(one(inputs, 0).shape[given.get("start", 0) : given.get("end")], dtype=torch.int64)


def size_of(inputs: Inputs, _given: Attributes) -> Tensor:
    """Size: how many numbers."""
    return torch.tensor(one(inputs, 0).numel(), dtype=torch.int64)


def reshape(inputs: Inputs, given: Attributes) -> Tensor:
    """Reshape; 0 keeps a side."""
    x, sides = one(inputs, 0), setting(inputs, 1) or []
    if not given.get("allowzero", 0):
        sides = [side or x.shape[axis] for axis, side in enumerate(sides)]
    return x.reshape(sides)


def flatten(inputs: Inputs, given: Attributes) -> Tensor:
    """Flatten into two dimensions."""
    x, axis = one(inputs, 0), given.get("axis", 1)
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


def squeeze(inputs: Inputs, given: Attributes) -> Tensor:
    """Squeeze."""
    axes = axes_of(inputs, given)
    return one(inputs, 0).squeeze() if axes is None else one(inputs, 0).squeeze(tuple(axes))


def unsqueeze(inputs: Inputs, given: Attributes) -> Tensor:
    """Unsqueeze; axes count in the result."""
    x, axes = one(inputs, 0), axes_of(inputs, given) or []
    dimensions = x.dim() + len(axes)
    for axis in sorted(axis % dimensions for axis in axes):
        x = x.unsqueeze(axis)
    return x


def transpose(inputs: Inputs, given: Attributes) -> Tensor:
    """Transpose; backwards unless said otherwise."""
    x = one(inputs, 0)
    return x.permute(given.get("perm", list(reversed(range(x.dim())))))


def concatenate(inputs: Inputs, given: Attributes) -> Tensor:
    """Concat."""
    return torch.cat([one(inputs, place) for place in range(len(inputs))], dim=given["axis"])


def split(inputs: Inputs, given: Attributes) -> Sequence[Tensor]:
    """Split into given sizes, or into equal parts."""
    x, axis = one(inputs, 0), given.get("axis", 0)
    sizes = setting(inputs, 1) or given.get("split")
    if sizes is None and "num_outputs" not in given:
        raise BrokenModel("Split without sizes or a number of parts is not supported")
    return torch.split(x, sizes or -(-x.shape[axis] // given["num_outputs"]), dim=axis)


def cut(inputs: Inputs, given: Attributes) -> Tensor:
    """Slice forwards."""
    x = one(inputs, 0)
    starts, ends = setting(inputs, 1) or given["starts"], setting(inputs, 2) or given["ends"]
    axes = setting(inputs, 3) or given.get("axes", list(range(len(starts))))
    steps = setting(inputs, 4) or [1] * len(starts)
    if min(steps) < 1:
        raise BrokenModel("Slice backwards is not supported")
    places = [slice(None)] * x.dim()
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        places[axis] = slice(start, end, step)
    return x[tuple(places)]


def gather(inputs: Inputs, given: Attributes) -> Tensor:
    """Gather along an axis; a single index takes the axis away."""
    x, indices = one(inputs, 0), one(inputs, 1)
    axis = given.get("axis", 0) % x.dim()
    positive = torch.where(indices < 0, indices + x.shape[axis], indices)
    found = x.index_select(axis, positive.reshape(-1))
    return found.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1 :])


def expand(inputs: Inputs, _given: Attributes) -> Tensor:
    """Expand; a side of 1 in the wish keeps the input's."""
    x, sides = one(inputs, 0), setting(inputs, 1) or []
    return x.expand(torch.broadcast_shapes(x.shape, sides))  # type: ignore[no-untyped-call]


def tile(inputs: Inputs, _given: Attributes) -> Tensor:
    """Tile."""
    return one(inputs, 0).repeat(setting(inputs, 1) or [])


def count_up(inputs: Inputs, _given: Attributes) -> Tensor:
    """Range."""
    start, limit, delta = (one(inputs, place).item() for place in range(3))
    return torch.arange(start, limit, delta, dtype=one(inputs, 0).dtype)


def constant(_inputs: Inputs, given: Attributes) -> Tensor:
    """Constant, as a tensor or as plain numbers."""
    if "value" in given:
        value: Tensor = given["value"]
        return value
    for name, kind in (("value_float", torch.float32), ("value_int", torch.int64)):
        for key in (name, f"{name}s"):
            if key in given:
                return torch.tensor(given[key], dtype=kind)
    raise BrokenModel(f"Constant of {', '.join(given)} is not supported")


def fill(inputs: Inputs, given: Attributes) -> Tensor:
    """ConstantOfShape; zeros unless said otherwise."""
    value = given.get("value", torch.zeros(1))
    return torch.full(setting(inputs, 0) or [], value.item(), dtype=value.dtype)


def cast(inputs: Inputs, given: Attributes) -> Tensor:
    """Cast to another type of number."""
    kind = helper.tensor_dtype_to_np_dtype(given["to"])
    return one(inputs, 0).to(torch.from_numpy(np.empty(0, kind)).dtype)
