"""A served `model.onnx` -> the network that it was exported from, to train on or to imitate without a checkpoint.

The file holds each batch norm folded into its convolution, in half precision: the network answers as the file does, but
what its norms had seen is gone until `settle_norms` shows them pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from model_api.networks.yoloface import ConvUnit, YoloFace, YoloFaceConfig
from training.errors import BrokenCheckpoint

SUFFIX = ".onnx"


def read_exported(path: Path) -> YoloFace:
    """The network in evaluation mode. Raises BrokenCheckpoint when the file is no YOLO-face of this project."""
    try:
        graph = onnx.load(str(path)).graph
        convolutions = _convolutions(graph)
        network = YoloFace(_config(convolutions, has_relu=any(node.op_type == "Relu" for node in graph.node)))
        _fill(network, convolutions)
    except Exception as error:  # onnx, protobuf and torch raise unrelated types for a file of another kind
        raise BrokenCheckpoint(f"{path} holds no YOLO-face that this project exported: {error}") from error
    return network.eval()


def settle_norms(network: YoloFace, pictures: Iterable[Tensor]) -> None:
    """Let every batch norm know the mean and the variance of what comes to it, without changing what it answers.

    Training normalises by each batch's own; a norm that had only been told 0 and 1 would change every answer with the
    first step. `pictures`: normalised batches [N, 3, H, W], like those of the training.
    """
    seen: dict[nn.BatchNorm2d, list[tuple[Tensor, Tensor]]] = {}

    def note(norm: nn.Module, given: tuple[Tensor]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)  # noqa: S101  hooked to no other
        values = given[0].float()
        seen.setdefault(norm, []).append((values.mean(dim=(0, 2, 3)), values.square().mean(dim=(0, 2, 3))))

    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(note) for norm in norms]
    was_training = network.training
    network.eval()
    with torch.no_grad():
        for batch in pictures:
            network(batch)
        for hook in hooks:
            hook.remove()
        for norm, batches in seen.items():
            mean, square = (torch.stack(each).mean(dim=0) for each in zip(*batches, strict=True))
            _know(norm, mean, (square - mean.square()).clamp(min=0))
    network.train(was_training)


def _know(norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Exchange what a norm has seen; weight and bias make up for it."""
    assert norm.running_mean is not None  # noqa: S101  all of ours keep them
    assert norm.running_var is not None  # noqa: S101
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    norm.bias.add_(gain * (mean - norm.running_mean))
    norm.weight.copy_(gain * torch.sqrt(variance + norm.eps))
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)


def _convolutions(graph: onnx.GraphProto) -> dict[str, tuple[Tensor, Tensor]]:
    """Weight and bias of each convolution, by its place in the network."""
    values = {tensor.name: numpy_helper.to_array(tensor).astype(np.float32) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]
    return {
        _place(node.name): (torch.tensor(values[node.input[1]]), torch.tensor(values[node.input[2]]))
        for node in graph.node
        if node.op_type == "Conv"
    }


def _place(name: str) -> str:
    """`/network/neck/down.0/units.0/first/first.0/Conv` -> `neck.down.0.units.0.first.0`.

    The exporter writes the path from the root, and of a module in a sequence again what leads to it.
    """
    parts: list[str] = []
    for part in name.split("/")[2:-1]:
        if parts and part.startswith(f"{parts[-1]}."):
            parts.pop()
        parts.append(part)
    return ".".join(parts)


def _config(convolutions: Mapping[str, tuple[Tensor, Tensor]], *, has_relu: bool) -> YoloFaceConfig:
    def width(place: str) -> int:
        return len(convolutions[place][0])

    def depth(stage: int) -> int:
        start = f"backbone.stages.{stage}.1.units."
        return sum(place.startswith(start) and place.endswith(".first.0") for place in convolutions)

    stages = [width(f"backbone.stages.{stage}.0.0") for stage in range(4)]
    return YoloFaceConfig(
        widths=(width("backbone.stem.0"), *stages),  # type: ignore[arg-type]
        depths=(depth(0), depth(1), depth(2), depth(3)),
        neck=width("neck.laterals.0.0"),
        activation="relu" if has_relu else "silu",
    )


def _fill(network: YoloFace, convolutions: Mapping[str, tuple[Tensor, Tensor]]) -> None:
    places = {place for place, module in network.named_modules() if isinstance(module, nn.Conv2d)}
    if places != set(convolutions):
        raise ValueError(f"other layers than YOLO-face: {', '.join(sorted(places ^ set(convolutions)))}")
    with torch.no_grad():
        for place, (weight, bias) in convolutions.items():
            convolution = network.get_submodule(place)
            assert isinstance(convolution, nn.Conv2d)  # noqa: S101  chosen so above
            convolution.weight.copy_(weight)
            unit = network.get_submodule(place.rpartition(".")[0])
            (_silent(unit) if isinstance(unit, ConvUnit) else convolution).bias.copy_(bias)  # type: ignore[union-attr]


def _silent(unit: ConvUnit) -> nn.BatchNorm2d:
    """The unit's norm, made to add its bias and nothing else."""
    norm = unit[1]
    assert isinstance(norm, nn.BatchNorm2d)  # noqa: S101  as ConvUnit is defined
    assert norm.running_var is not None  # noqa: S101
    norm.running_var.fill_(1 - norm.eps)
    return norm
