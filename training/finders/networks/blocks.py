"""The two blocks that MobileNet-like face detectors are made of."""

from __future__ import annotations

from torch import Tensor, nn


def convolve(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1, active: bool = True) -> nn.Sequential:
    """Convolution, batch norm and, when active, ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    if active:
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def separable(inputs: int, outputs: int, *, stride: int = 1) -> nn.Sequential:
    """A 3x3 convolution of each channel alone, then a 1x1 convolution across them (arXiv:1704.04861)."""
    alone = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
    across = convolve(inputs, outputs, kernel=1)
    return nn.Sequential(alone, nn.BatchNorm2d(inputs), nn.ReLU(), *across)


def rows(feature: Tensor, width: int) -> Tensor:
    """A head's map [B, anchors * width, H, W] as [B, H * W * anchors, width], as the priors are ordered."""
    return feature.permute(0, 2, 3, 1).reshape(feature.shape[0], -1, width)
