"""ONNX operators that compute with numbers.

Source: the operator reference of ONNX, https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional

from model_api.engines.graph.settings import axes_of, one, setting
from model_api.engines.graph.step import Attributes, Function, Inputs
from model_api.errors import BrokenModel


def each(change: Callable[[Tensor], Tensor]) -> Function:
    """An operator that changes every number by itself."""
    return lambda inputs, _given: change(one(inputs, 0))


def both(join: Callable[[Tensor, Tensor], Tensor]) -> Function:
    """An operator that joins two or more inputs, one after the other."""
    return lambda inputs, _given: reduce(join, [one(inputs, place) for place in range(len(inputs))])


def divide(a: Tensor, b: Tensor) -> Tensor:
    """Whole numbers are divided towards zero."""
    is_whole = not a.is_floating_point() and not b.is_floating_point()
    return torch.div(a, b, rounding_mode="trunc" if is_whole else None)


def multiply(a: Tensor, b: Tensor) -> Tensor:
    """MatMul, in the higher precision of both."""
    kind = torch.promote_types(a.dtype, b.dtype)
    return a.to(kind) @ b.to(kind)


def clip(inputs: Inputs, given: Attributes) -> Tensor:
    """Clip; the bounds are inputs since opset 11, attributes before."""
    least, most = setting(inputs, 1), setting(inputs, 2)
    return one(inputs, 0).clamp(least[0] if least else given.get("min"), most[0] if most else given.get("max"))


def reduced(by: Callable[[Tensor, tuple[int, ...], bool], Tensor]) -> Function:
    """An operator that makes one number of many along axes."""

    def run(inputs: Inputs, given: Attributes) -> Tensor:
        x, axes = one(inputs, 0), axes_of(inputs, given)
        if axes is None and given.get("noop_with_empty_axes", 0):
            return x
        return by(x, tuple(axes or range(x.dim())), bool(given.get("keepdims", 1)))

    return run


def multiply_and_add(inputs: Inputs, given: Attributes) -> Tensor:
    """Gemm: alpha A B + beta C, in the precision of B."""
    a, b = one(inputs, 0), one(inputs, 1)
    a = (a.T if given.get("transA", 0) else a).to(b.dtype)
    product = (a @ (b.T if given.get("transB", 0) else b)).mul(given.get("alpha", 1.0))
    added = inputs[2] if len(inputs) > 2 else None
    return product if added is None else product.add(added, alpha=given.get("beta", 1.0))


def softmax(inputs: Inputs, given: Attributes) -> Tensor:
    """Softmax, always in float32."""
    return one(inputs, 0).float().softmax(dim=given.get("axis", -1))


def exponential(x: Tensor) -> Tensor:
    """In float32: half precision ends at exp(11)."""
    return x.float().exp() if x.is_floating_point() else x.exp()


def leaky_relu(inputs: Inputs, given: Attributes) -> Tensor:
    """LeakyRelu."""
    return functional.leaky_relu(one(inputs, 0), given.get("alpha", 0.01))


def sloped_relu(inputs: Inputs, _given: Attributes) -> Tensor:
    """PRelu; its slopes broadcast."""
    x = one(inputs, 0)
    return torch.where(x < 0, x * one(inputs, 1), x)


def hard_sigmoid(inputs: Inputs, given: Attributes) -> Tensor:
    """HardSigmoid."""
    return one(inputs, 0).mul(given.get("alpha", 0.2)).add(given.get("beta", 0.5)).clamp(0, 1)


def normalise_batch(inputs: Inputs, given: Attributes) -> Tensor:
    """BatchNormalization as learnt, over channels in the second dimension."""
    if given.get("training_mode", 0):
        raise BrokenModel("BatchNormalization in training mode is not supported")
    x = one(inputs, 0)
    shape = [1, -1] + [1] * (x.dim() - 2)
    weight, bias, mean, variance = (one(inputs, place).reshape(shape) for place in range(1, 5))
    scale = weight / torch.sqrt(variance + given.get("epsilon", 1e-5))
    return x * scale + (bias - mean * scale)


def choose_by(inputs: Inputs, _given: Attributes) -> Tensor:
    """Where."""
    return torch.where(one(inputs, 0), one(inputs, 1), one(inputs, 2))


def add_up(inputs: Inputs, given: Attributes) -> Tensor:
    """CumSum forwards, each number included."""
    if given.get("exclusive", 0) or given.get("reverse", 0):
        raise BrokenModel("CumSum backwards or exclusive is not supported")
    return one(inputs, 0).cumsum((setting(inputs, 1) or [0])[0])


def quantise(inputs: Inputs, given: Attributes) -> Tensor:
    """QuantizeLinear to the type of its zero point."""
    x, zero = one(inputs, 0), inputs[2] if len(inputs) > 2 else None
    kind = torch.uint8 if zero is None else zero.dtype
    ends = torch.iinfo(kind)
    rounded = torch.round(x.float() / _along(one(inputs, 1), x, given))
    shifted = rounded if zero is None else rounded + _along(zero, x, given)
    return shifted.clamp(ends.min, ends.max).to(kind)


def dequantise(inputs: Inputs, given: Attributes) -> Tensor:
    """DequantizeLinear."""
    x, zero = one(inputs, 0), inputs[2] if len(inputs) > 2 else None
    shifted = x.float() if zero is None else x.float() - _along(zero, x, given)
    return shifted * _along(one(inputs, 1), x, given)


def _along(factors: Tensor, x: Tensor, given: Attributes) -> Tensor:
    """One factor for all, or one for each position of an axis."""
    if factors.dim() == 0 or factors.numel() == 1:
        return factors.reshape(()).float()
    shape = [1] * x.dim()
    shape[given.get("axis", 1)] = -1
    return factors.float().reshape(shape)
