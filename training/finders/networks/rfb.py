"""The RFB variant of the 1 MB face detector, as biubug6/Face-Detector-1MB-with-landmark trained it.

Its one receptive-field block is that of Liu et al. (arXiv:1711.07767).
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from training.finders.networks.blocks import convolve, rows, separable

LEVELS = ((64, 3), (128, 2), (256, 2), (256, 3))  # channels and anchors per cell at strides 8, 16, 32, 64


class RfbNetwork(nn.Module):
    """Input [B, 3, H, W], BGR less its mean; gives box offsets [B, P, 4], logits [B, P, 2], landmarks [B, P, 10]."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = convolve(3, 16, stride=2)
        self.conv2, self.conv3 = separable(16, 32), separable(32, 32, stride=2)
        self.conv4, self.conv5 = separable(32, 32), separable(32, 64, stride=2)
        self.conv6, self.conv7 = separable(64, 64), separable(64, 64)
        self.conv8 = _ReceptiveField(64)
        self.conv9 = separable(64, 128, stride=2)
        self.conv10, self.conv11 = separable(128, 128), separable(128, 128)
        self.conv12, self.conv13 = separable(128, 256, stride=2), separable(256, 256)
        self.conv14 = nn.Sequential(nn.Conv2d(256, 64, 1), nn.ReLU(), _bare_separable(64, 256, stride=2), nn.ReLU())
        self.loc, self.conf, self.landm = _heads(4), _heads(2), _heads(10)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Raw outputs over all priors P."""
        early = self.conv7(self.conv6(self.conv5(self.conv4(self.conv3(self.conv2(self.conv1(pictures)))))))
        first = self.conv8(early)
        second = self.conv11(self.conv10(self.conv9(first)))
        third = self.conv13(self.conv12(second))
        features = first, second, third, self.conv14(third)
        boxes, logits, points = (
            torch.cat([rows(head(feature), width) for head, feature in zip(heads, features, strict=True)], dim=1)
            for heads, width in ((self.loc, 4), (self.conf, 2), (self.landm, 10))
        )
        return boxes, logits, points


def _heads(width: int) -> nn.ModuleList:
    heads: list[nn.Module] = [_bare_separable(inputs, anchors * width) for inputs, anchors in LEVELS[:-1]]
    inputs, anchors = LEVELS[-1]
    return nn.ModuleList([*heads, nn.Conv2d(inputs, anchors * width, 3, padding=1)])


def _bare_separable(inputs: int, outputs: int, *, stride: int = 1) -> nn.Sequential:
    """A separable convolution without batch norms."""
    alone = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs)
    return nn.Sequential(alone, nn.ReLU(), nn.Conv2d(inputs, outputs, 1))


class _ReceptiveField(nn.Module):
    """Three branches with growing dilation beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        thin, double = width // 8, width // 4
        self.branch0 = nn.Sequential(
            _part(width, thin, kernel=1), _part(thin, double, active=True), _part(double, double, dilation=2)
        )
        self.branch1 = nn.Sequential(
            _part(width, thin, kernel=1), _part(thin, double, active=True), _part(double, double, dilation=3)
        )
        self.branch2 = nn.Sequential(
            _part(width, thin, kernel=1),
            _part(thin, thin // 2 * 3, active=True),
            _part(thin // 2 * 3, double, active=True),
            _part(double, double, dilation=5),
        )
        self.ConvLinear = _part(3 * double, width, kernel=1)
        self.shortcut = _part(width, width, kernel=1)

    def forward(self, feature: Tensor) -> Tensor:
        branches = self.branch0(feature), self.branch1(feature), self.branch2(feature)
        return torch.relu(self.ConvLinear(torch.cat(branches, dim=1)) + self.shortcut(feature))


def _part(inputs: int, outputs: int, *, kernel: int = 3, dilation: int = 1, active: bool = False) -> nn.Sequential:
    padding = dilation * (kernel // 2)
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        conv=nn.Conv2d(inputs, outputs, kernel, padding=padding, dilation=dilation, bias=False),
        bn=nn.BatchNorm2d(outputs),
    )
    if active:
        layers["relu"] = nn.ReLU()
    return nn.Sequential(layers)
