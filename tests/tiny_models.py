"""Networks small enough to know the answer: a face is a coloured square on grey, its colour says how the mask sits.

The detector looks at cells of 32 x 32 pixels: the score is how colourful the cell is, the box is the cell itself. The
classifier looks at the crop's mean colour: red is no mask, green a mask worn wrongly, blue one worn properly.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CELL = 32
INPUT_SIZE = 256
RED, GREEN, BLUE = (250, 5, 5), (5, 250, 5), (5, 5, 250)
LANDMARKS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.55), (0.35, 0.75), (0.65, 0.75))  # within a cell


def write_repository(root: Path) -> Path:
    """A model repository with both variants and the classifier."""
    _write(root / "yoloface-server" / "1", detector(), kind="detector", input_size=INPUT_SIZE, min_score=0.5)
    lite = {"file": "../../yoloface-server/1/model.onnx", "input_size": INPUT_SIZE // 2, "min_score": 0.5}
    _write(root / "yoloface-lite" / "1", None, kind="detector", source=root / "yoloface-server" / "1", **lite)
    judge: dict[str, Any] = {
        "classes": ["no_mask", "mask_incorrect", "mask_correct"],
        "input_size": 32,
        "crop_scale": 0.8,
        "temperature": 2.0,
        "uncertain_below": 0.6,
    }
    _write(root / "efficientnet-b0" / "1", classifier(), kind="classifier", **judge)
    return root


def write_fit(root: Path) -> Path:
    """Add the network that outlines masks to the repository: what is blue is a mask."""
    _write(root / "unet" / "1", outliner(), kind="fit", input_size=64, crop_scale=1.5)
    return root


def picture(
    squares: dict[tuple[int, int], tuple[int, int, int]], *, width: int = 256, height: int = 192
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Grey RGB with a coloured square in each of the cells (column, row)."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    for (column, row), colour in squares.items():
        pixels[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL] = colour
    return pixels


def detector() -> onnx.ModelProto:
    """images [N, 3, H, W] -> boxes [N, A, 4], scores [N, A], landmarks [N, A, 5, 2]."""
    boxes = [(1, 0, -1), (0, 1, -1), (1, 0, 0), (0, 1, 0)]  # of column and row, counted from 1, and a constant
    points = [weights for x, y in LANDMARKS for weights in ((1, 0, x - 1), (0, 1, y - 1))]
    grid = np.asarray(boxes + points, np.float32) * CELL
    constants = {
        "scale": np.asarray(1 / 255, np.float32),
        "zero": np.asarray(0, np.float32),
        "one": np.asarray(1, np.float32),
        "channel": np.asarray([1], np.int64),
        "x_axis": np.asarray(3, np.int64),
        "y_axis": np.asarray(2, np.int64),
        "grid": grid[:, :2, None, None],
        "offset": grid[:, 2],
        "flat": np.asarray([0, 14, -1], np.int64),
        "rows": np.asarray([0, -1], np.int64),
        "faces": np.asarray([0, -1, 5, 2], np.int64),
        "box_part": np.asarray([4, 10], np.int64),
    }
    nodes = [
        helper.make_node("AveragePool", ["images"], ["cells"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        helper.make_node("ReduceMax", ["cells", "channel"], ["most"]),
        helper.make_node("ReduceMin", ["cells", "channel"], ["least"]),
        helper.make_node("Sub", ["most", "least"], ["spread"]),
        helper.make_node("Mul", ["spread", "scale"], ["colourful"]),
        helper.make_node("Reshape", ["colourful", "rows"], ["scores"]),
        helper.make_node("Mul", ["spread", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "one"], ["ones"]),
        helper.make_node("CumSum", ["ones", "x_axis"], ["columns"]),
        helper.make_node("CumSum", ["ones", "y_axis"], ["lines"]),
        helper.make_node("Concat", ["columns", "lines"], ["position"], axis=1),
        helper.make_node("Conv", ["position", "grid", "offset"], ["placed"]),
        helper.make_node("Reshape", ["placed", "flat"], ["listed"]),
        helper.make_node("Transpose", ["listed"], ["each"], perm=[0, 2, 1]),
        helper.make_node("Split", ["each", "box_part"], ["boxes", "points"], axis=2),
        helper.make_node("Reshape", ["points", "faces"], ["landmarks"]),
    ]
    outputs = {"boxes": ["N", "A", 4], "scores": ["N", "A"], "landmarks": ["N", "A", 5, 2]}
    return _model(nodes, ("images", ["N", 3, "H", "W"]), outputs, constants)


def classifier() -> onnx.ModelProto:
    """crops [N, 3, S, S] -> logits [N, 3], appearance [N, 23]."""
    constants = {
        "gain": np.asarray(0.05, np.float32),
        "rows": np.asarray([0, -1], np.int64),
        "turned": np.eye(3, 23, dtype=np.float32),
    }
    nodes = [
        helper.make_node("GlobalAveragePool", ["crops"], ["mean"]),
        helper.make_node("Reshape", ["mean", "rows"], ["colour"]),
        helper.make_node("Mul", ["colour", "gain"], ["logits"]),
        helper.make_node("MatMul", ["colour", "turned"], ["appearance"]),
    ]
    return _model(nodes, ("crops", ["N", 3, "S", "S"]), {"logits": ["N", 3], "appearance": ["N", 23]}, constants)


def outliner() -> onnx.ModelProto:
    """crops [N, 3, S, S] -> mask [N, S / 2, S / 2]: how blue each point is, less how red it is."""
    constants = {
        "channels": np.asarray([[[[-1 / 240]], [[0]], [[1 / 240]]]], np.float32),
        "zero": np.asarray(0, np.float32),
        "one": np.asarray(1, np.float32),
        "channel": np.asarray([1], np.int64),
    }
    nodes = [
        helper.make_node("AveragePool", ["crops"], ["small"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["small", "channels"], ["blue"]),
        helper.make_node("Clip", ["blue", "zero", "one"], ["share"]),
        helper.make_node("Squeeze", ["share", "channel"], ["mask"]),
    ]
    return _model(nodes, ("crops", ["N", 3, "S", "S"]), {"mask": ["N", "M", "M"]}, constants)


def _model(
    nodes: list[onnx.NodeProto],
    given: tuple[str, list[Any]],
    outputs: dict[str, list[Any]],
    constants: dict[str, np.ndarray[Any, Any]],
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(given[0], TensorProto.FLOAT, given[1])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def _write(folder: Path, model: onnx.ModelProto | None, *, source: Path | None = None, **fields: Any) -> None:
    folder.mkdir(parents=True)
    if model is not None:
        (folder / "model.onnx").write_bytes(model.SerializeToString())
    content = ((source or folder) / "model.onnx").read_bytes()
    name, version = folder.parent.name, folder.name
    described = {"name": name, "version": version, "sha256": hashlib.sha256(content).hexdigest(), **fields}
    (folder / "model.json").write_text(json.dumps(described), encoding="utf-8")
