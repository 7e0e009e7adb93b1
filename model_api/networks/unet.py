"""A small U-Net (Ronneberger et al., arXiv:1505.04597) of separable convolutions (MobileNet, arXiv:1704.04861).

It says of every point of a face's crop whether a mask covers it. Its map is half as fine as its input: on 128 px a
pixel of the map is a sixtieth of the crop, less than masks' edges are off.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTHS = (16, 32, 80, 160, 256)  # channels at 1/2, 1/4, 1/8, 1/16, 1/32 of the input
DEPTHS = (1, 1, 1, 2)  # further convolutions of each level below the first
MAP_STRIDE = 2  # pixels of the input per pixel of the map, along a side


class ConvNorm(nn.Sequential):
    """Convolution, batch norm, ReLU; the norm is folded into the convolution on export."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Separable(nn.Module):
    """A 3x3 convolution per channel, then a 1x1 over channels; the input is added where the shape stays."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1) -> None:
        super().__init__()
        self.depthwise = ConvNorm(inputs, inputs, 3, stride=stride, groups=inputs)
        self.pointwise = ConvNorm(inputs, outputs, 1)
        self._has_shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = cast(Tensor, self.pointwise(self.depthwise(x)))
        return x + y if self._has_shortcut else y


class Rise(nn.Module):
    """Bring a coarse level to the next finer one and join what was seen there."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.narrow = ConvNorm(inputs, outputs, 1)
        self.join = Separable(2 * outputs, outputs)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        risen = functional.interpolate(self.narrow(coarse), scale_factor=2.0, mode="nearest")
        return cast(Tensor, self.join(torch.cat([risen, fine], dim=1)))


class UNet(nn.Module):
    """RGB -1..1, float [N, 3, S, S] with S a multiple of 32 -> logits of the mask, float [N, S / 2, S / 2]."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, WIDTHS[0], 3, stride=2)
        self.levels = nn.ModuleList(
            nn.Sequential(Separable(above, width, stride=2), *(Separable(width, width) for _ in range(depth)))
            for above, width, depth in zip(WIDTHS[:-1], WIDTHS[1:], DEPTHS, strict=True)
        )
        self.rises = nn.ModuleList(
            Rise(below, width) for below, width in zip(WIDTHS[:0:-1], WIDTHS[-2::-1], strict=True)
        )
        self.head = nn.Conv2d(WIDTHS[0], 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        seen = [self.stem(x)]
        for level in self.levels:
            seen.append(level(seen[-1]))
        y = seen.pop()
        for rise in self.rises:
            y = rise(y, seen.pop())
        return cast(Tensor, self.head(y)).squeeze(1)


def normalise(images: Tensor) -> Tensor:
    """RGB 0..255 -> -1..1."""
    return images / 127.5 - 1


class ServedUNet(nn.Module):
    """What the ONNX file holds: RGB 0..255 [N, 3, S, S] in; how likely a mask covers each point, [N, S/2, S/2], out."""

    def __init__(self, network: UNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor) -> Tensor:
        return cast(Tensor, self.network(normalise(crops))).sigmoid()
