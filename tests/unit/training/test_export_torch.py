"""The ONNX file answers as the torch module does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from model_api.networks.efficientnet import EfficientNet, ServedEfficientNet, same_padding
from model_api.networks.yoloface import ServedYoloFace, YoloFace, YoloFaceConfig
from training.classifier.imagenet import load_imagenet
from training.errors import BrokenCheckpoint, DataMissing, VersionExists
from training.exporting.export import DETECTOR_OUTPUTS, ExportOrder, export_checkpoint
from training.exporting.onnx_file import export_onnx
from training.runs.ancestors import model_id

ort = pytest.importorskip("onnxruntime", reason="needs onnxruntime (pip install 'maskwatch[training]')")
pytest.importorskip("onnxslim", reason="needs onnxslim (pip install 'maskwatch[training]')")

TINY = YoloFaceConfig(widths=(8, 8, 16, 16, 16), depths=(1, 1, 1, 1), neck=16)


def with_statistics(network: nn.Module) -> nn.Module:
    """Batch norms that did see something, so that folding them wrongly shows."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean, 0, 0.2)
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
    return network.eval()


def test_a_detector_answers_alike_at_any_size_and_batch(tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = ServedYoloFace(with_statistics(YoloFace(TINY))).eval()  # type: ignore[arg-type]
    path = tmp_path / "model.onnx"
    axes = {"images": {0: "N", 2: "H", 3: "W"}, **{name: {0: "N", 1: "A"} for name in DETECTOR_OUTPUTS}}
    export_onnx(
        module,
        torch.rand(1, 3, 64, 96) * 255,
        path,
        input_name="images",
        output_names=DETECTOR_OUTPUTS,
        dynamic_axes=axes,
    )
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    images = torch.rand(2, 3, 96, 160) * 255
    with torch.no_grad():
        wanted = module(images)
    got = session.run(None, {"images": images.numpy()})
    assert [output.name for output in session.get_outputs()] == list(DETECTOR_OUTPUTS)
    assert [value.shape for value in got] == [(2, 315, 4), (2, 315), (2, 315, 5, 2)]
    for torch_value, onnx_value, tolerance in zip(wanted, got, (0.5, 0.01, 0.5), strict=True):
        assert np.abs(torch_value.numpy() - onnx_value).max() < tolerance


def test_a_classifier_answers_alike_and_is_half_as_large(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = EfficientNet(3).eval()
    path = tmp_path / "model.onnx"
    export_onnx(
        ServedEfficientNet(network),
        torch.rand(1, 3, 64, 64) * 255,
        path,
        input_name="crops",
        output_names=("logits",),
        dynamic_axes={"crops": {0: "N"}, "logits": {0: "N"}},
    )
    crops = torch.rand(3, 3, 64, 64) * 255
    with torch.no_grad():
        wanted = ServedEfficientNet(network)(crops)
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {"crops": crops.numpy()})
    assert np.abs(wanted.numpy() - logits).max() < 0.01
    parameters = sum(value.numel() for value in network.parameters())
    assert path.stat().st_size < parameters * 2.3


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "expected"), [(112, 3, 2, (0, 1)), (7, 5, 2, (2, 2)), (14, 5, 1, (2, 2))]
)
def test_same_padding_is_tensorflows(side: int, kernel: int, stride: int, expected: tuple[int, int]) -> None:
    assert same_padding(side, kernel, stride) == expected


def test_imagenet_weights_fill_all_but_the_classifier(tmp_path: Path) -> None:
    source, target = EfficientNet(3), EfficientNet(3)
    table = {
        name.replace("stacks.", "stack_", 1).replace(".", "/block_", 1).replace(".", "/", 1)
        if name.startswith("stacks.")
        else name: value.numpy().astype(np.float16)
        for name, value in source.state_dict().items()
    }
    np.savez(tmp_path / "b0.npz", **table)
    load_imagenet(target, tmp_path / "b0.npz")
    assert torch.allclose(target.top.weight, source.top.weight, atol=1e-3)
    assert not torch.allclose(target.classifier.weight, source.classifier.weight, atol=1e-3)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "b0.npz", **{"stem.weight": np.zeros((32, 3, 3, 3), np.float16), "other": np.zeros(1)})
    with pytest.raises(BrokenCheckpoint, match="another network"):
        load_imagenet(EfficientNet(3), tmp_path / "b0.npz")


def test_exporting_a_checkpoint_of_another_width_is_one_sentence(tmp_path: Path) -> None:
    torch.save({"average": YoloFace(TINY).state_dict()}, tmp_path / "last.pt")
    order = ExportOrder(
        checkpoint=tmp_path / "last.pt", folder=tmp_path / "x" / "1", validation=tmp_path / "val.json", command="none"
    )
    with pytest.raises(BrokenCheckpoint, match="belongs to another network"):
        export_checkpoint(order)


def a_classifier(folder: Path, labels: Path, shape: dict[str, Any]) -> ExportOrder:
    """A run's checkpoint of an untrained network, and the order to export it."""
    torch.manual_seed(0)
    torch.save({"average": EfficientNet(3).state_dict(), "shape": shape}, folder / "last.pt")
    target = folder / "efficientnet-b0" / "7"
    return ExportOrder(checkpoint=folder / "last.pt", folder=target, validation=labels, command="")


def test_a_card_says_which_hard_cases_the_weights_never_saw(coco_folder: Path, tmp_path: Path) -> None:
    order = a_classifier(tmp_path, coco_folder / "train.json", {"held_out_crops": "0123456789ab"})
    card = export_checkpoint(order)
    assert card["held_out_crops"] == "0123456789ab"
    assert (card["name"], card["version"]) == ("efficientnet-b0", "7")
    other = replace(a_classifier(tmp_path, coco_folder / "train.json", {}), is_replacing=True)
    assert "held_out_crops" not in export_checkpoint(other)


def test_a_classifier_is_exported_at_the_size_it_was_trained_at(coco_folder: Path, tmp_path: Path) -> None:
    order = a_classifier(tmp_path, coco_folder / "train.json", {"size": 64})
    assert export_checkpoint(order)["input_size"] == 64
    session = ort.InferenceSession(str(order.folder / "model.onnx"), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape[2:] == [64, 64]


def test_a_runs_folder_gets_the_figures_of_its_export(coco_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"size": 48}))  # a checkpoint of before it told its size itself
    card = export_checkpoint(a_classifier(tmp_path, coco_folder / "train.json", {}))
    told = json.loads((tmp_path / "metrics.json").read_text())
    assert card["input_size"] == 48
    assert told["accuracy"] == json.loads(json.dumps(card["metrics"]["accuracy"]))
    assert model_id(tmp_path / "last.pt") == "efficientnet-b0@7"


def test_nothing_is_written_when_it_cannot_be_measured(tmp_path: Path) -> None:
    order = a_classifier(tmp_path, tmp_path / "none.json", {})
    with pytest.raises(DataMissing):
        export_checkpoint(order)
    assert not order.folder.parent.exists()


def test_a_version_that_is_there_is_kept_and_the_next_free_one_is_named(coco_folder: Path, tmp_path: Path) -> None:
    order = a_classifier(tmp_path, coco_folder / "train.json", {})
    export_checkpoint(order)
    written = (order.folder / "model.json").read_bytes()
    with pytest.raises(VersionExists, match="the next free version is 8; --replace"):
        export_checkpoint(order)
    assert (order.folder / "model.json").read_bytes() == written


def test_a_replacement_that_fails_leaves_the_version_as_it_was(coco_folder: Path, tmp_path: Path) -> None:
    order = a_classifier(tmp_path, coco_folder / "train.json", {})
    export_checkpoint(order)
    (coco_folder / "images" / "a.png").unlink()  # found out while measuring, when the network is written already
    with pytest.raises(DataMissing, match=r"a\.png"):
        export_checkpoint(replace(order, is_replacing=True))
    assert sorted(path.name for path in order.folder.iterdir()) == ["card.md", "model.json", "model.onnx"]
    assert [path.name for path in order.folder.parent.iterdir()] == ["7"]


def test_a_checkpoint_of_another_kind_is_refused_in_one_line(tmp_path: Path) -> None:
    torch.save({"average": {"backbone.x": torch.zeros(1)}, "shape": {"size": 3}}, tmp_path / "last.pt")
    order = ExportOrder(
        checkpoint=tmp_path / "last.pt", folder=tmp_path / "x" / "1", validation=tmp_path / "v.json", command=""
    )
    with pytest.raises(BrokenCheckpoint) as refused:
        export_checkpoint(order)
    assert str(refused.value) == f"{tmp_path / 'last.pt'} belongs to another network than YOLO-face"
