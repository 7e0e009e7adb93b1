"""Make a trained network wider without changing what it computes (Net2WiderNet: Chen et al., arXiv:1511.05641).

Every channel is split into copies that share its outgoing weights, so a larger network starts where a smaller one ended
instead of at nothing. A little noise on the weights lets the copies grow apart.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from model_api.networks.yoloface import YoloFace, YoloFaceConfig

NOISE = 0.1  # of a tensor's own deviation; less and the copies stay copies for long, more and the start is lost


def wider(config: YoloFaceConfig, factor: int) -> YoloFaceConfig:
    """The same network with every width multiplied."""
    widths = tuple(width * factor for width in config.widths)
    return replace(config, widths=widths, neck=config.neck * factor)  # type: ignore[arg-type]


def grow(network: YoloFace, factor: int, *, noise: float = NOISE, seed: int = 0) -> YoloFace:
    """A copy with `factor` times the channels everywhere; with `noise` 0 it gives the same answers."""
    grown = YoloFace(wider(network.config, factor))
    generator = torch.Generator().manual_seed(seed)
    modules = dict(network.named_modules())
    with torch.no_grad():
        for name, module in grown.named_modules():
            if isinstance(module, nn.Conv2d):
                _grow_convolution(modules[name], module, factor, noise, generator)
            elif isinstance(module, nn.BatchNorm2d):
                _grow_norm(modules[name], module, factor)
    return grown


def shallower(network: YoloFace, config: YoloFaceConfig) -> YoloFace:
    """A copy with fewer residual units per block or another activation; it must be trained on, but not from nothing.

    A block's joining convolution loses the inputs of the units that are gone. Raises ValueError for other widths.
    """
    if (config.widths, config.neck) != (network.config.widths, network.config.neck):
        raise ValueError(f"{config} has other widths than {network.config}")
    cut, known = YoloFace(config), network.state_dict()
    state = {
        name: known[name][:, : value.shape[1]] if value.ndim == 4 else known[name]
        for name, value in cut.state_dict().items()
    }
    cut.load_state_dict(state)
    return cut


def _grow_convolution(
    small: nn.Conv2d, large: nn.Conv2d, factor: int, noise: float, generator: torch.Generator
) -> None:
    """Repeat the outputs; repeat the inputs and share their weights. The picture's and the answers' channels stay."""
    weight = small.weight.detach()
    if large.out_channels != small.out_channels:
        weight = weight.repeat_interleave(factor, dim=0)
    if large.weight.shape[1] != small.weight.shape[1]:  # a depthwise convolution has one input channel in both
        weight = weight.repeat_interleave(factor, dim=1) / factor
    jitter = torch.randn(weight.shape, generator=generator) * weight.std() * noise
    large.weight.copy_(weight + jitter)
    if large.bias is not None and small.bias is not None:
        large.bias.copy_(_spread(small.bias.detach(), large.out_channels))


def _grow_norm(small: nn.BatchNorm2d, large: nn.BatchNorm2d, factor: int) -> None:
    for name, value in small.state_dict().items():
        large.state_dict()[name].copy_(value if value.ndim == 0 else value.repeat_interleave(factor))


def _spread(bias: Tensor, channels: int) -> Tensor:
    return bias if len(bias) == channels else bias.repeat_interleave(channels // len(bias))
