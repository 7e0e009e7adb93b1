"""A detector's training may start from what is served: checkpoints are not kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model_api.engines import open_engine
from model_api.networks.yoloface import ServedYoloFace, YoloFace, YoloFaceConfig, normalise
from model_api.repository import PACKAGED
from tests.unit.training.test_reshape_torch import SMALL, trained
from training.detector.exported import read_exported, settle_norms
from training.detector.start import checkpoint_at, load_network, start_network
from training.errors import BrokenCheckpoint
from training.exporting.onnx_file import export_onnx

NAMES = ("boxes", "scores", "landmarks")
DEEP = replace(SMALL, depths=(2, 1, 1, 2), activation="relu")


def export(network: YoloFace, folder: Path) -> Path:
    dynamic = {"images": {0: "N", 2: "H", 3: "W"}, **{name: {0: "N", 1: "A"} for name in NAMES}}
    path = folder / "model.onnx"
    example = torch.rand(1, 3, 64, 96)
    export_onnx(ServedYoloFace(network), example, path, input_name="images", output_names=NAMES, dynamic_axes=dynamic)
    return path


@pytest.fixture(scope="module")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network, exported."""
    return export(trained(SMALL), tmp_path_factory.mktemp("small"))


@pytest.mark.parametrize("config", [SMALL, DEEP])
def test_an_exported_network_comes_back_as_it_was(tmp_path: Path, config: YoloFaceConfig) -> None:
    network, pictures = trained(config), torch.randn(2, 3, 64, 96)
    back = read_exported(export(network, tmp_path))
    assert back.config == config
    with torch.no_grad():
        # The file keeps its weights in half precision.
        torch.testing.assert_close(back(pictures)[0], network(pictures)[0], rtol=1e-2, atol=1e-2)


def test_the_shipped_detector_comes_back_and_answers_as_it_is_served() -> None:
    path = PACKAGED / "yoloface-server" / "2" / "model.onnx"
    pictures = np.random.default_rng(5).integers(0, 256, (1, 96, 160, 3)).astype(np.uint8)
    served = open_engine(path, threads=1).infer(pictures)
    with torch.no_grad():
        planar = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
        answers = ServedYoloFace(read_exported(path))(planar)
    for name, answer in zip(NAMES, answers, strict=True):
        np.testing.assert_allclose(answer.numpy(), served[name], rtol=1e-4, atol=1e-3)


def test_settled_norms_let_training_begin_where_serving_ended(small_file: Path) -> None:
    torch.manual_seed(4)
    pictures = normalise(torch.randint(0, 256, (8, 3, 96, 96)).float())
    network = read_exported(small_file)
    with torch.no_grad():
        served = network(pictures)[0]
        lost = (network.train()(pictures)[0] - served).abs().mean()
    network = read_exported(small_file)
    settle_norms(network, [pictures[:4], pictures[4:]])
    with torch.no_grad():
        torch.testing.assert_close(network(pictures)[0], served, rtol=1e-3, atol=1e-3)
        kept = (network.train()(pictures)[0] - served).abs().mean()
    assert kept < 0.01
    assert lost > 10 * kept


def test_a_training_starts_from_the_folder_of_a_served_model(small_file: Path, tmp_path: Path) -> None:
    start = checkpoint_at(small_file.parent)
    assert start == small_file
    assert start_network(SMALL, start).config == SMALL
    cut = replace(SMALL, depths=(1, 1, 1, 1))
    assert start_network(cut, start).config == cut
    assert checkpoint_at(tmp_path / "last.pt") == tmp_path / "last.pt"
    assert checkpoint_at(None) is None


def test_a_served_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenCheckpoint, match="holds no YOLO-face that this project exported"):
        load_network(PACKAGED / "efficientnet-b0" / "1" / "model.onnx")
    (tmp_path / "model.onnx").write_bytes(b"no network")
    with pytest.raises(BrokenCheckpoint, match="holds no YOLO-face"):
        load_network(tmp_path / "model.onnx")
