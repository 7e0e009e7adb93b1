"""A detector's training may start from a smaller or a deeper one without being thrown back to nothing."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from torch import nn

from model_api.networks.yoloface import LITE, SERVER, YoloFace, YoloFaceConfig
from training.detector.grow import grow, shallower, wider
from training.detector.start import load_network, start_network
from training.errors import BrokenCheckpoint

SMALL = YoloFaceConfig(widths=(4, 8, 8, 12, 16), depths=(1, 2, 1, 1), neck=8)


def trained(config: YoloFaceConfig) -> YoloFace:
    """A network whose batch norms have seen pictures, so that their statistics matter."""
    torch.manual_seed(3)
    network = YoloFace(config).train()
    for _ in range(3):
        network(torch.randn(2, 3, 64, 96) * 2 + 1)
    return network.eval()


def save(network: YoloFace, path: Path) -> Path:
    torch.save({"average": network.state_dict(), "shape": asdict(network.config)}, path)
    return path


def multiply_adds(network: YoloFace, side: int) -> int:
    """Counted where they happen: every convolution's outputs times its kernel."""
    counted = []

    def count(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        assert isinstance(layer, nn.Conv2d)
        counted.append(output.numel() * layer.weight[0].numel())

    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(count)
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, side, side))
    return sum(counted)


def test_a_widened_network_gives_the_same_answers() -> None:
    network, pictures = trained(SMALL), torch.randn(1, 3, 64, 96)

    grown = grow(network, 2, noise=0.0).eval()

    assert grown.config == wider(SMALL, 2)
    torch.testing.assert_close(grown(pictures)[0], network(pictures)[0], rtol=1e-4, atol=1e-5)


def test_noise_parts_the_copies_of_a_channel() -> None:
    grown = grow(trained(SMALL), 2, noise=0.1)

    weight = grown.backbone.stem[0].weight
    assert not torch.equal(weight[0], weight[1])


def test_a_shallower_network_keeps_what_is_left() -> None:
    network = trained(SMALL)

    cut = shallower(network, replace(SMALL, depths=(1, 1, 1, 1), activation="relu"))

    assert torch.equal(cut.backbone.stem[0].weight, network.backbone.stem[0].weight)
    join, before = cut.backbone.stages[1][1].join[0].weight, network.backbone.stages[1][1].join[0].weight  # type: ignore[index]
    assert torch.equal(join, before[:, : join.shape[1]])


def test_a_shallower_network_cannot_have_other_widths() -> None:
    with pytest.raises(ValueError, match="widths"):
        shallower(trained(SMALL), wider(SMALL, 2))


def test_a_checkpoint_says_which_network_it_holds(tmp_path: Path) -> None:
    path = save(trained(SMALL), tmp_path / "last.pt")

    assert load_network(path).config == SMALL


@pytest.mark.parametrize("config", [SMALL, wider(SMALL, 2), replace(SMALL, depths=(1, 1, 1, 1))])
def test_training_starts_from_a_checkpoint_of_the_same_or_a_related_shape(
    tmp_path: Path, config: YoloFaceConfig
) -> None:
    path = save(trained(SMALL), tmp_path / "last.pt")

    assert start_network(config, path).config == config


def test_an_unrelated_start_is_one_clear_error(tmp_path: Path) -> None:
    path = save(trained(SMALL), tmp_path / "last.pt")

    with pytest.raises(BrokenCheckpoint, match="can neither be cut nor grown"):
        start_network(replace(SMALL, neck=12), path)


def test_lite_has_less_than_a_quarter_of_servers_multiply_adds() -> None:
    assert multiply_adds(YoloFace(LITE), 320) <= multiply_adds(YoloFace(SERVER), 320) / 4
