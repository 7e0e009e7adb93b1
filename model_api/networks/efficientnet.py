"""EfficientNet-b0 (Tan & Le, arXiv:1905.11946) with batch norms folded into the convolutions.

The layers carry biases and no norms, and pad as TensorFlow's SAME does: so the folded ImageNet weights fit as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

MEAN = (0.485, 0.456, 0.406)  # of ImageNet, RGB, for values 0..1
DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Blocks of one width; the first of them may halve the resolution."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels: int


B0_STACKS = (
    Stack(blocks=1, kernel=3, stride=1, expansion=1, channels=16),
    Stack(blocks=2, kernel=3, stride=2, expansion=6, channels=24),
    Stack(blocks=2, kernel=5, stride=2, expansion=6, channels=40),
    Stack(blocks=3, kernel=3, stride=2, expansion=6, channels=80),
    Stack(blocks=3, kernel=5, stride=1, expansion=6, channels=112),
    Stack(blocks=4, kernel=5, stride=2, expansion=6, channels=192),
    Stack(blocks=1, kernel=3, stride=1, expansion=6, channels=320),
)
STEM_CHANNELS = 32
TOP_CHANNELS = 1280


def same_padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME: the padding before and after one side of this many pixels; the odd one comes after."""
    total = max(0, (-(-side // stride) - 1) * stride + kernel - side)
    return total // 2, total - total // 2


class SameConv(nn.Conv2d):
    """A convolution with SAME padding, bias included; the input's size is fixed when it is traced."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        above, below = same_padding(int(x.shape[2]), kernel, stride)
        before, after = same_padding(int(x.shape[3]), kernel, stride)
        if above == below and before == after:
            return functional.conv2d(x, self.weight, self.bias, self.stride, (above, before), 1, self.groups)
        padded = functional.pad(x, (before, after, above, below))
        return functional.conv2d(padded, self.weight, self.bias, self.stride, 0, 1, self.groups)


class Block(nn.Module):
    """Inverted residual with squeeze and excitation; in training the whole branch is now and then left out."""

    def __init__(self, inputs: int, stack: Stack, stride: int, drop: float) -> None:
        super().__init__()
        width = inputs * stack.expansion
        squeezed = max(1, inputs // 4)
        self.expand = SameConv(inputs, width) if stack.expansion > 1 else None
        self.depthwise = SameConv(width, width, stack.kernel, stride, groups=width)
        self.se_reduce_conv2d = SameConv(width, squeezed)
        self.se_expand_conv2d = SameConv(squeezed, width)
        self.project = SameConv(width, stack.channels)
        self._has_shortcut = stride == 1 and inputs == stack.channels
        self._drop = drop

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else functional.silu(self.expand(x))
        y = functional.silu(self.depthwise(y))
        gate = functional.silu(self.se_reduce_conv2d(y.mean(dim=(2, 3), keepdim=True)))
        y = self.project(y * self.se_expand_conv2d(gate).sigmoid())
        return x + self._dropped(y) if self._has_shortcut else y

    def _dropped(self, y: Tensor) -> Tensor:
        """Stochastic depth (Huang et al., arXiv:1603.09382)."""
        if not self.training or self._drop == 0:
            return y
        kept = torch.rand(y.shape[0], 1, 1, 1, device=y.device) >= self._drop
        return y * kept / (1 - self._drop)


class EfficientNet(nn.Module):
    """Normalised pictures float [N, 3, S, S] -> logits float [N, classes]."""

    def __init__(self, classes: int = 3, *, dropout: float = 0.2, drop_path: float = 0.1) -> None:
        super().__init__()
        self.stem = SameConv(3, STEM_CHANNELS, 3, 2)
        self.stacks = nn.ModuleList()
        channels, done, total = STEM_CHANNELS, 0, sum(stack.blocks for stack in B0_STACKS)
        for stack in B0_STACKS:
            blocks = nn.ModuleList()
            for position in range(stack.blocks):
                stride = stack.stride if position == 0 else 1
                blocks.append(Block(channels, stack, stride, drop_path * done / total))
                channels, done = stack.channels, done + 1
            self.stacks.append(blocks)
        self.top = SameConv(channels, TOP_CHANNELS)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(TOP_CHANNELS, classes)

    def features(self, x: Tensor) -> Tensor:
        """Normalised pictures float [N, 3, S, S] -> what the classifier sees of each, float [N, 1280]."""
        x = functional.silu(self.stem(x))
        for stack in self.stacks:
            for block in stack:  # type: ignore[attr-defined]
                x = block(x)
        return functional.silu(self.top(x)).mean(dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.dropout(self.features(x)))  # type: ignore[no-any-return]


def normalise(images: Tensor) -> Tensor:
    """RGB 0..255 [N, 3, H, W] -> ImageNet's zero mean and unit deviation."""
    mean = torch.tensor(MEAN, device=images.device)[:, None, None] * 255
    return (images - mean) / (torch.tensor(DEVIATION, device=images.device)[:, None, None] * 255)


class ServedEfficientNet(nn.Module):
    """What the ONNX file holds: RGB 0..255 [N, 3, S, S] in; logits [N, classes] out."""

    def __init__(self, network: EfficientNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor) -> Tensor:
        return self.network(normalise(crops))  # type: ignore[no-any-return]
