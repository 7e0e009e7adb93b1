"""A network that never changes: what it takes tells machines and engines apart, not versions of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 320  # of its picture
CHANNELS = 128
LAYERS = 8  # equal ones, at a quarter of the side
QUARTER = SIDE // 4
MULTIPLY_ADDS = (
    (SIDE // 2) ** 2 * 64 * 3 * 9 + QUARTER**2 * CHANNELS * 64 * 9 + LAYERS * QUARTER**2 * CHANNELS * CHANNELS * 9
)


def write_peer(path: Path) -> Path:
    """Write `pictures [N, 3, H, W] -> mean [N, 128, 1, 1]`: 3 x 3 convolutions, nothing clever, weights drawn once."""
    random = np.random.default_rng(1)
    nodes, weights = [], []
    shapes = [(64, 3), (CHANNELS, 64), *[(CHANNELS, CHANNELS)] * LAYERS]
    name = "pictures"
    for layer, (made, given) in enumerate(shapes):
        # He et al. 2015: values keep their size from layer to layer.
        drawn = random.standard_normal((made, given, 3, 3), np.float32) * np.sqrt(2 / (9 * given))
        weights.append(numpy_helper.from_array(drawn.astype(np.float32), f"weights{layer}"))
        stride = 2 if layer < 2 else 1
        inputs, output = [name, f"weights{layer}"], f"sums{layer}"
        nodes.append(helper.make_node("Conv", inputs, [output], pads=[1, 1, 1, 1], strides=[stride, stride]))
        name = f"layer{layer}"
        nodes.append(helper.make_node("Relu", [output], [name]))
    nodes.append(helper.make_node("GlobalAveragePool", [name], ["mean"]))
    given = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["N", 3, "H", "W"])
    made = helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["N", CHANNELS, 1, 1])
    graph = helper.make_graph(nodes, "peer", [given], [made], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path
