"""The ONNX operators that can be run; a new one is a function and a row."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from model_api.engines.graph import arithmetic as numbers
from model_api.engines.graph import arrangements as places
from model_api.engines.graph import convolutions as pictures
from model_api.engines.graph.step import Function, Operator


def _operator(run: Function, settings: Sequence[int] = ()) -> Operator:
    return Operator(run=run, settings=frozenset(settings))


# What depends on the input's shape alone, and not on its numbers.
SHAPES = {"Shape": _operator(places.shape_of), "Size": _operator(places.size_of)}

OPERATORS = {
    **SHAPES,
    "Abs": _operator(numbers.each(torch.abs)),
    "Add": _operator(numbers.both(torch.add)),
    "AveragePool": _operator(pictures.average_pool),
    "BatchNormalization": _operator(numbers.normalise_batch),
    "Cast": _operator(places.cast),
    "Ceil": _operator(numbers.each(torch.ceil)),
    "Clip": _operator(numbers.clip, [1, 2]),
    "Concat": _operator(places.concatenate),
    "Constant": _operator(places.constant),
    "ConstantOfShape": _operator(places.fill, [0]),
    "Conv": _operator(pictures.convolve),
    "ConvTranspose": _operator(pictures.convolve_transposed),
    "CumSum": _operator(numbers.add_up, [1]),
    "DequantizeLinear": _operator(numbers.dequantise),
    "Div": _operator(numbers.both(numbers.divide)),
    "Dropout": _operator(numbers.each(lambda x: x)),
    "Equal": _operator(numbers.both(torch.eq)),
    "Exp": _operator(numbers.each(numbers.exponential)),
    "Expand": _operator(places.expand, [1]),
    "Flatten": _operator(places.flatten),
    "Floor": _operator(numbers.each(torch.floor)),
    "Gather": _operator(places.gather),
    "Gemm": _operator(numbers.multiply_and_add),
    "GlobalAveragePool": _operator(pictures.pool_globally),
    "Greater": _operator(numbers.both(torch.gt)),
    "HardSigmoid": _operator(numbers.hard_sigmoid),
    "HardSwish": _operator(numbers.each(functional.hardswish)),
    "Identity": _operator(numbers.each(lambda x: x)),
    "LeakyRelu": _operator(numbers.leaky_relu),
    "Less": _operator(numbers.both(torch.lt)),
    "Log": _operator(numbers.each(torch.log)),
    "MatMul": _operator(numbers.both(numbers.multiply)),
    "Max": _operator(numbers.both(torch.maximum)),
    "MaxPool": _operator(pictures.max_pool),
    "Min": _operator(numbers.both(torch.minimum)),
    "Mul": _operator(numbers.both(torch.mul)),
    "Neg": _operator(numbers.each(torch.neg)),
    "PRelu": _operator(numbers.sloped_relu),
    "Pad": _operator(pictures.pad, [1, 2, 3]),
    "Pow": _operator(numbers.both(torch.pow)),
    "QuantizeLinear": _operator(numbers.quantise),
    "Range": _operator(places.count_up, [0, 1, 2]),
    "ReduceMax": _operator(numbers.reduced(torch.amax), [1]),
    "ReduceMean": _operator(numbers.reduced(torch.mean), [1]),
    "ReduceMin": _operator(numbers.reduced(torch.amin), [1]),
    "ReduceSum": _operator(numbers.reduced(torch.sum), [1]),
    "Relu": _operator(numbers.each(torch.relu)),
    "Reshape": _operator(places.reshape, [1]),
    "Resize": _operator(pictures.resize, [1, 2, 3]),
    "Sigmoid": _operator(numbers.each(torch.sigmoid)),
    "Slice": _operator(places.cut, [1, 2, 3, 4]),
    "Softmax": _operator(numbers.softmax),
    "Softplus": _operator(numbers.each(functional.softplus)),
    "Split": _operator(places.split, [1]),
    "Sqrt": _operator(numbers.each(torch.sqrt)),
    "Squeeze": _operator(places.squeeze, [1]),
    "Sub": _operator(numbers.both(torch.sub)),
    "Tanh": _operator(numbers.each(torch.tanh)),
    "Tile": _operator(places.tile, [1]),
    "Transpose": _operator(places.transpose),
    "Unsqueeze": _operator(places.unsqueeze, [1]),
    "Where": _operator(numbers.choose_by),
}

# x * sigmoid(x) in one pass over memory instead of two; exporters write it as two operators.
SILU = _operator(numbers.each(functional.silu))
