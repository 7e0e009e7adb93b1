"""ONNX operators run by torch answer as ONNX Runtime does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

pytest.importorskip("torch", reason="needs torch (pip install 'maskwatch[gpu]')")

import torch
from onnx import TensorProto, helper, numpy_helper

from model_api.engines.graph.network import Shaped, TorchNetwork
from model_api.engines.graph.reading import read_plan
from model_api.errors import BrokenModel

Array = np.ndarray[Any, np.dtype[Any]]
RNG = np.random.default_rng(7)
X = RNG.normal(size=(2, 3, 8, 12)).astype(np.float32) * 3
KERNEL = RNG.normal(size=(4, 3, 3, 3)).astype(np.float32)
POSITIVE = RNG.uniform(0.5, 2, size=3).astype(np.float32)
ROWS = RNG.normal(size=(12, 5)).astype(np.float32)


def whole(*numbers: int) -> Array:
    return np.asarray(numbers, np.int64)


def real(*numbers: float) -> Array:
    return np.asarray(numbers, np.float32)


def one(number: float, kind: Any = np.float32) -> Array:
    return np.asarray(number, kind)


NONE = None  # an optional input that is left out
# Operator, what follows the picture among its inputs, attributes.
CASES: list[tuple[str, list[Array | None], dict[str, Any]]] = [
    ("Abs", [], {}),
    ("Add", [one(2)], {}),
    ("AveragePool", [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("AveragePool", [], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("BatchNormalization", [POSITIVE, real(1, 2, 3), real(-1, 0, 1), POSITIVE], {"epsilon": 0.01}),
    ("Cast", [], {"to": TensorProto.INT32}),
    ("Ceil", [], {}),
    ("Clip", [one(-1), one(2)], {}),
    ("Clip", [NONE, one(2)], {}),
    ("Concat", [X], {"axis": -1}),
    ("Conv", [KERNEL], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("Conv", [KERNEL, real(1, 2, 3, 4)], {"pads": [0, 0, 1, 1], "strides": [2, 2]}),
    ("Conv", [KERNEL[:3, :1]], {"group": 3, "dilations": [2, 2]}),
    ("ConvTranspose", [KERNEL[:3, :2]], {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}),
    ("CumSum", [one(2, np.int64)], {}),
    ("Div", [one(3)], {}),
    ("Dropout", [], {}),
    ("Exp", [], {}),
    ("Flatten", [], {"axis": 2}),
    ("Floor", [], {}),
    ("Gather", [whole(2, 0, -1)], {"axis": 1}),
    ("Gather", [one(1, np.int64)], {"axis": 2}),
    ("GlobalAveragePool", [], {}),
    ("HardSigmoid", [], {"alpha": 0.3, "beta": 0.4}),
    ("HardSwish", [], {}),
    ("Identity", [], {}),
    ("LeakyRelu", [], {"alpha": 0.2}),
    ("MatMul", [ROWS], {}),
    ("Max", [one(0), one(1)], {}),
    ("MaxPool", [], {"kernel_shape": [5, 5], "pads": [2, 2, 2, 2]}),
    ("MaxPool", [], {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("MaxPool", [], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    ("Min", [one(0)], {}),
    ("Mul", [one(2)], {}),
    ("Neg", [], {}),
    ("PRelu", [real(0.1, 0.2, 0.3).reshape(3, 1, 1)], {}),
    ("Pad", [whole(0, 0, 1, 2, 0, 0, 3, 4), one(9)], {}),
    ("Pad", [whole(1, 2), NONE, whole(3)], {"mode": "reflect"}),
    ("Pad", [whole(0, 0, 1, 2, 0, 0, 3, 4)], {"mode": "edge"}),
    ("Pow", [one(2)], {}),
    ("ReduceMax", [whole(1)], {"keepdims": 0}),
    ("ReduceMean", [whole(2, 3)], {}),
    ("ReduceMin", [whole(-1)], {}),
    ("ReduceSum", [], {"keepdims": 0}),
    ("Relu", [], {}),
    ("Reshape", [whole(0, -1, 6)], {}),
    (
        "Resize",
        [NONE, real(1, 1, 2, 2)],
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    ),
    (
        "Resize",
        [NONE, real(1, 1, 0.5, 0.5)],
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    ),
    ("Resize", [NONE, real(1, 1, 3, 2)], {"mode": "nearest"}),
    ("Resize", [NONE, NONE, whole(2, 3, 20, 18)], {"mode": "linear"}),
    ("Resize", [NONE, real(1, 1, 2, 2)], {"mode": "linear", "coordinate_transformation_mode": "align_corners"}),
    ("Sigmoid", [], {}),
    ("Slice", [whole(1, -3), whole(2**62, -1), whole(2, 3)], {}),
    ("Slice", [whole(0), whole(8), whole(-2), whole(3)], {}),
    ("Softmax", [], {"axis": 1}),
    ("Softplus", [], {}),
    ("Split", [whole(5, 7)], {"axis": 3}),
    ("Sub", [one(1)], {}),
    ("Tanh", [], {}),
    ("Tile", [whole(1, 2, 1, 2)], {}),
    ("Transpose", [], {"perm": [0, 2, 3, 1]}),
    ("Transpose", [], {}),
    ("Unsqueeze", [whole(0, -1)], {}),
]


def write(path: Path, nodes: list[onnx.NodeProto], constants: dict[str, Array], outputs: list[str]) -> Path:
    graph = helper.make_graph(
        nodes,
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, "H", "W"])],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path


def by_torch(path: Path, pictures: Array = X) -> list[Array]:
    """What torch answers, the first time and then with what it kept of the shape."""
    network, shaped = TorchNetwork(read_plan(path), device=torch.device("cpu")), Shaped()
    given = torch.from_numpy(pictures)
    first, second = network.run(given, shaped), network.run(given, shaped)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    return [answer.numpy() for answer in second]


def assert_same(path: Path, pictures: Array = X) -> None:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for ours, theirs in zip(by_torch(path, pictures), session.run(None, {"x": pictures}), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs.astype(np.float32), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "more", "attributes"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_operator_answers_as_in_onnx_runtime(
    tmp_path: Path, kind: str, more: list[Array | None], attributes: dict[str, Any]
) -> None:
    names = [f"c{place}" if value is not None else "" for place, value in enumerate(more)]
    outputs = ["y", "z"] if kind == "Split" else ["y"]
    node = helper.make_node(kind, ["x", *names], outputs, **attributes)
    constants = {name: value for name, value in zip(names, more, strict=True) if value is not None}
    assert_same(write(tmp_path / "one.onnx", [node], constants, outputs))


def test_matrices_are_multiplied_and_added_as_in_onnx_runtime(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["mean"]),
        helper.make_node("Squeeze", ["mean", "axes"], ["flat"]),
        helper.make_node("Gemm", ["flat", "b", "c"], ["y"], transB=1, alpha=0.5, beta=2.0),
    ]
    constants = {"axes": whole(2, 3), "b": ROWS[:4, :3].copy(), "c": real(1, 2, 3, 4)}
    assert_same(write(tmp_path / "one.onnx", nodes, constants, ["y"]))


def test_conditions_choose_numbers(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Greater", ["x", "zero"], ["positive"]),
        helper.make_node("Where", ["positive", "x", "zero"], ["y"]),
        helper.make_node("Sqrt", ["y"], ["root"]),
    ]
    assert_same(write(tmp_path / "one.onnx", nodes, {"zero": one(0)}, ["y", "root"]))


def test_eight_bit_networks_round_as_in_onnx_runtime(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["small"]),
        helper.make_node("DequantizeLinear", ["small", "scale", "zero"], ["back"]),
        helper.make_node("DequantizeLinear", ["kernel", "scales", "zeros"], ["weights"], axis=0),
        helper.make_node("Conv", ["back", "weights"], ["y"]),
    ]
    constants = {
        "scale": one(0.05),
        "zero": one(120, np.uint8),
        "kernel": RNG.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8),
        "scales": real(0.01, 0.02, 0.03, 0.04),
        "zeros": np.zeros(4, np.int8),
    }
    assert_same(write(tmp_path / "one.onnx", nodes, constants, ["y"]))


def test_what_depends_on_the_shape_alone_is_found_anew_for_each_shape(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Shape", ["x"], ["sides"]),
        helper.make_node("Gather", ["sides", "last"], ["width"]),
        helper.make_node("Range", ["zero", "width", "step"], ["columns"]),
        helper.make_node("Cast", ["columns"], ["grid"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["x", "grid"], ["moved"]),
        helper.make_node("ConstantOfShape", ["sides"], ["nothing"]),
        helper.make_node("Add", ["moved", "nothing"], ["y"]),
        helper.make_node("Concat", ["sides", "one"], ["more"], axis=0),
        helper.make_node("Unsqueeze", ["y", "axis"], ["deeper"]),
        helper.make_node("Expand", ["deeper", "more"], ["z"]),
    ]
    constants = {
        "last": one(3, np.int64),
        "zero": one(0, np.int64),
        "step": one(1, np.int64),
        "one": whole(1),
        "axis": whole(-1),
    }
    path = write(tmp_path / "one.onnx", nodes, constants, ["y", "z"])
    assert_same(path)
    assert_same(path, X[:1, :, :6, :7].copy())


def test_half_of_the_bits_leave_what_follows_the_last_convolution_exact(tmp_path: Path) -> None:
    """Convolutions answer in float16; 600.25 is none of its numbers, and 20 is beyond what it can be the exp of."""
    nodes = [
        helper.make_node("Conv", ["x", "kernel"], ["early"]),
        helper.make_node("Conv", ["early", "pick"], ["late"]),
        helper.make_node("Mul", ["late", "nothing"], ["empty"]),
        helper.make_node("Add", ["empty", "far"], ["y"]),
        helper.make_node("Exp", ["early"], ["z"]),
    ]
    constants = {
        "kernel": np.full((1, 3, 1, 1), 20 / 3, np.float32),
        "pick": np.ones((1, 1, 1, 1), np.float32),
        "nothing": one(0),
        "far": one(600.25),
    }
    plan = read_plan(write(tmp_path / "one.onnx", nodes, constants, ["y", "z"]))
    network = TorchNetwork(plan, device=torch.device("cpu"), half=True)
    y, z = network.run(torch.ones(1, 3, 2, 2), Shaped())
    assert (y == 600.25).all()
    assert y.dtype == z.dtype == torch.float32
    assert torch.isfinite(z).all()
    assert z.mean() == pytest.approx(np.exp(20.0), rel=0.02)


def test_an_operator_that_is_not_known_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "one.onnx", [helper.make_node("LpNormalization", ["x"], ["y"])], {}, ["y"])
    with pytest.raises(BrokenModel, match=r"one\.onnx uses the operator LpNormalization, which the engine torch"):
        read_plan(path)
    path = write(tmp_path / "one.onnx", [helper.make_node("Relu", ["x"], ["y"], domain="com.else")], {}, ["y"])
    with pytest.raises(BrokenModel, match=r"com\.else\.Relu"):
        read_plan(path)


def test_a_file_that_is_no_network_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "one.onnx").write_bytes(b"no network")
    with pytest.raises(BrokenModel, match=r"one\.onnx cannot be loaded: it is no ONNX file"):
        read_plan(tmp_path / "one.onnx")


def test_a_shape_that_depends_on_what_is_in_a_picture_is_refused(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["numbers"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["x", "numbers"], ["y"]),
    ]
    plan = read_plan(write(tmp_path / "one.onnx", nodes, {}, ["y"]))
    with pytest.raises(BrokenModel, match="Reshape: numbers must not depend on what is in a picture"):
        TorchNetwork(plan, device=torch.device("cpu"))


@pytest.mark.parametrize(
    ("kind", "more", "attributes", "match"),
    [
        ("Conv", [KERNEL], {"auto_pad": "SAME_UPPER"}, "auto_pad SAME_UPPER"),
        ("Resize", [NONE, real(1, 1, 2, 2)], {"mode": "cubic"}, "Resize cubic"),
        ("Resize", [NONE, real(1, 1, 0.5, 0.5)], {"mode": "nearest"}, "Resize nearest, half_pixel"),
        ("Slice", [whole(-1), whole(-5), whole(3), whole(-1)], {}, "Slice backwards"),
        ("CumSum", [one(2, np.int64)], {"reverse": 1}, "CumSum backwards"),
        ("Pad", [whole(0, 0, 1, 1, 0, 0, 1, 1)], {"mode": "wrap"}, "Pad wrap"),
    ],
)
def test_ways_of_an_operator_that_torch_lacks_are_refused_and_not_computed_otherwise(
    tmp_path: Path, kind: str, more: list[Array | None], attributes: dict[str, Any], match: str
) -> None:
    names = [f"c{place}" if value is not None else "" for place, value in enumerate(more)]
    constants = {name: value for name, value in zip(names, more, strict=True) if value is not None}
    path = write(tmp_path / "one.onnx", [helper.make_node(kind, ["x", *names], ["y"], **attributes)], constants, ["y"])
    with pytest.raises(BrokenModel, match=match):
        by_torch(path)
