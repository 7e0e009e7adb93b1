"""From a torch module to a small ONNX file: dynamic sizes, batch norms folded, weights stored in half precision."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxslim
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

OPSET = 18
MIN_HALF_ELEMENTS = 256  # smaller tensors (biases, shapes) save nothing and may need their precision


def export_onnx(
    module: nn.Module,
    example: Tensor,
    path: Path,
    *,
    input_name: str,
    output_names: Sequence[str],
    dynamic_axes: dict[str, dict[int, str]],
) -> None:
    """Write `module` to `path`. The file answers as the module does, to the rounding of its weights to float16."""
    logging.getLogger("onnxscript").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval().to(memory_format=torch.contiguous_format),  # type: ignore[call-overload]
            (example,),
            str(path),
            input_names=[input_name],
            output_names=list(output_names),
            dynamic_axes=dynamic_axes,
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnxslim.slim(onnx.load(str(path)))
    halve_weights(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def halve_weights(model: onnx.ModelProto) -> None:
    """Store large float32 weights as float16 behind a Cast; runtimes fold it when they load, so speed is the same."""
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < MIN_HALF_ELEMENTS:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT, name=f"{name}_cast"))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
