"""The U-Net: shapes, size, what its ONNX file answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from model_api.networks.unet import MAP_STRIDE, ServedUNet, UNet
from training.exporting.onnx_file import export_onnx


@pytest.fixture(scope="module")
def network() -> UNet:
    """With norms that have seen something: fresh ones would fold into nothing."""
    torch.manual_seed(3)
    network = UNet().train()
    for _ in range(3):
        network(torch.rand(4, 3, 64, 64) * 2 - 1)
    return network.eval()


@pytest.fixture(scope="module")
def exported(network: UNet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("unet") / "model.onnx"
    axes = {"crops": {0: "N"}, "mask": {0: "N"}}
    example = torch.rand(1, 3, 128, 128) * 255
    export_onnx(ServedUNet(network), example, path, input_name="crops", output_names=("mask",), dynamic_axes=axes)
    return path


def test_it_is_small() -> None:
    assert 300_000 < sum(value.numel() for value in UNet().parameters()) < 600_000


@pytest.mark.parametrize("side", [64, 128])
def test_its_map_is_half_as_fine_as_its_input(network: UNet, side: int) -> None:
    with torch.no_grad():
        assert network(torch.zeros(2, 3, side, side)).shape == (2, side // MAP_STRIDE, side // MAP_STRIDE)


def test_every_parameter_learns() -> None:
    network = UNet().train()
    network(torch.rand(2, 3, 64, 64)).square().mean().backward()
    assert all(value.grad is not None and bool(value.grad.any()) for value in network.parameters())


def test_onnx_answers_as_torch_does_for_any_number_of_crops(network: UNet, exported: Path) -> None:
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    for count in (1, 5):
        crops = torch.rand(count, 3, 128, 128, generator=torch.Generator().manual_seed(count)) * 255
        with torch.no_grad():
            expected = ServedUNet(network).eval()(crops).numpy()
        (answer,) = session.run(None, {"crops": crops.numpy()})
        assert answer.shape == (count, 64, 64)
        assert float(expected.std()) > 1e-3
        np.testing.assert_allclose(answer, expected, atol=5e-3)  # its weights are stored in half precision


def test_the_file_has_no_norms_left_and_half_the_weights_size(exported: Path) -> None:
    kinds = {node.op_type for node in onnx.load(str(exported)).graph.node}
    assert "Conv" in kinds
    assert "BatchNormalization" not in kinds
    assert exported.stat().st_size < 2.4 * 370_000
