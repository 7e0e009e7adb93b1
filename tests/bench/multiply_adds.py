"""What a network costs at least: its multiply-adds, and the bytes that have to move, counted in its ONNX file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import onnx
from onnx import numpy_helper, shape_inference

FLOAT_BYTES = 4


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one picture."""

    multiply_adds: int  # of convolutions and matrix products: all else is little beside them
    read_and_written: int  # bytes: their inputs, weights and outputs as float32, each once


def cost_of(path: Path, *, height: int, width: int) -> Cost:
    """The cost of a network on one picture of that size."""
    model = onnx.load(str(path))
    dimensions = model.graph.input[0].type.tensor_type.shape.dim
    for dimension, size in zip(dimensions, (1, 3, height, width), strict=True):
        dimension.dim_value = size
    shapes = _shapes(shape_inference.infer_shapes(model, data_prop=True).graph)
    costs = [_of_node(node, shapes) for node in model.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
    return Cost(
        multiply_adds=sum(cost.multiply_adds for cost in costs),
        read_and_written=sum(cost.read_and_written for cost in costs),
    )


def _shapes(graph: onnx.GraphProto) -> dict[str, Sequence[int]]:
    known: dict[str, Sequence[int]] = {value.name: numpy_helper.to_array(value).shape for value in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        known[value.name] = tuple(dimension.dim_value for dimension in value.type.tensor_type.shape.dim)
    return known


def _of_node(node: onnx.NodeProto, shapes: Mapping[str, Sequence[int]]) -> Cost:
    given, weights, made = (shapes[name] for name in (node.input[0], node.input[1], node.output[0]))
    # A convolution's weights are [outputs, inputs of its group, height, width]: each output is one sum over the rest.
    terms = prod(weights[1:]) if node.op_type == "Conv" else given[-1]
    moved = prod(given) + prod(weights) + prod(made)
    return Cost(multiply_adds=prod(made) * terms, read_and_written=FLOAT_BYTES * moved)
