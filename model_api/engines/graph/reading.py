"""An ONNX file -> the steps of a network and its constants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor

from model_api.engines.graph.operators import OPERATORS, SILU
from model_api.engines.graph.step import Step
from model_api.errors import BrokenModel

OUR_DOMAINS = ("", "ai.onnx")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A network as it is written down: steps in the order in which they can be run."""

    path: Path
    input: str
    outputs: tuple[str, ...]
    steps: tuple[Step, ...]
    constants: Mapping[str, Tensor]


def read_plan(path: Path) -> Plan:
    """Read a network with one input; what depends on constants alone is computed now.

    Raises BrokenModel when the file is no network, or one with an operator that is not known.
    """
    try:
        graph = onnx.load(str(path)).graph
    except Exception as exc:  # protobuf's errors and onnx's own share no base class below Exception
        raise BrokenModel(f"{path} cannot be loaded: it is no ONNX file ({exc})") from exc
    constants = {tensor.name: tensor_of(tensor) for tensor in graph.initializer}
    inputs = [given.name for given in graph.input if given.name not in constants]
    if len(inputs) != 1:
        raise BrokenModel(f"{path} has the inputs {', '.join(inputs) or 'none'}: it must have one, for pictures")
    steps = [_step(node, path) for node in graph.node]
    outputs = tuple(output.name for output in graph.output)
    folded, constants = _folded(steps, constants, outputs, path)
    return Plan(path=path, input=inputs[0], outputs=outputs, steps=_with_silu(folded, outputs), constants=constants)


def tensor_of(tensor: onnx.TensorProto) -> Tensor:
    """A constant of the file."""
    return torch.from_numpy(np.array(numpy_helper.to_array(tensor)))  # copied: torch wants memory it may write to


def _step(node: onnx.NodeProto, path: Path) -> Step:
    operator = OPERATORS.get(node.op_type) if node.domain in OUR_DOMAINS else None
    if operator is None:
        name = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        raise BrokenModel(f"{path} uses the operator {name}, which the engine torch does not know")
    return Step(
        kind=node.op_type,
        operator=operator,
        inputs=tuple(node.input),
        outputs=tuple(node.output),
        attributes={attribute.name: _value(attribute) for attribute in node.attribute},
    )


def _value(attribute: onnx.AttributeProto) -> Any:
    value = helper.get_attribute_value(attribute)
    if isinstance(value, onnx.TensorProto):
        return tensor_of(value)
    if isinstance(value, bytes):
        return value.decode()
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _folded(
    steps: Sequence[Step], constants: Mapping[str, Tensor], outputs: Sequence[str], path: Path
) -> tuple[list[Step], dict[str, Tensor]]:
    """The steps that depend on the input, and the constants that they need."""
    known, kept = dict(constants), []
    for step in steps:
        if all(name in known for name in step.inputs if name):
            try:
                found = step.run([known.get(name) for name in step.inputs])
            except RuntimeError as exc:
                raise BrokenModel(f"{path}: {step.kind} of constants cannot be computed: {exc}") from exc
            known.update(zip(step.outputs, found, strict=False))  # optional outputs may be left out
        else:
            kept.append(step)
    needed = {name for step in kept for name in step.inputs}.union(outputs)
    return kept, {name: value for name, value in known.items() if name in needed}


def _with_silu(steps: Sequence[Step], outputs: Sequence[str]) -> tuple[Step, ...]:
    """Write x * sigmoid(x) as one step where nothing else needs the sigmoid."""
    used = Counter(name for step in steps for name in step.inputs)
    used.update(outputs)
    sigmoids = {step.outputs[0]: step for step in steps if step.kind == "Sigmoid" and used[step.outputs[0]] == 1}
    joined, gone = {}, set()
    for step in steps:
        if step.kind != "Mul":
            continue
        for gate, x in (step.inputs, step.inputs[::-1]):
            if gate in sigmoids and sigmoids[gate].inputs[0] == x:
                joined[step.outputs] = Step(kind="Silu", operator=SILU, inputs=(x,), outputs=step.outputs)
                gone.add(sigmoids[gate].outputs)
    return tuple(joined.get(step.outputs, step) for step in steps if step.outputs not in gone)
