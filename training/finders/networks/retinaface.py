"""RetinaFace on MobileNet-0.25 (Deng et al., arXiv:1905.00641), as biubug6/Face-Detector-1MB-with-landmark trained it.

Unlike the one in the same author's Pytorch_Retinaface, of the same layers, its activations do not leak.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.finders.networks.blocks import convolve, rows, separable

WIDTH = 64  # channels of the pyramid
ANCHORS = 2  # per cell


class RetinaFaceNetwork(nn.Module):
    """Input [B, 3, H, W], BGR less its mean; gives box offsets [B, P, 4], logits [B, P, 2], landmarks [B, P, 10]."""

    def __init__(self) -> None:
        super().__init__()
        self.body = _Body()
        self.fpn = _Pyramid((64, 128, 256))
        self.ssh1, self.ssh2, self.ssh3 = _Context(), _Context(), _Context()
        self.ClassHead = nn.ModuleList(_Head(2) for _ in range(3))
        self.BboxHead = nn.ModuleList(_Head(4) for _ in range(3))
        self.LandmarkHead = nn.ModuleList(_Head(10) for _ in range(3))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Raw outputs over all priors P."""
        levels = self.fpn(self.body(pictures))
        features = [context(level) for context, level in zip((self.ssh1, self.ssh2, self.ssh3), levels, strict=True)]
        boxes, logits, points = (
            torch.cat([head(feature) for head, feature in zip(heads, features, strict=True)], dim=1)
            for heads in (self.BboxHead, self.ClassHead, self.LandmarkHead)
        )
        return boxes, logits, points


class _Body(nn.Module):
    """A quarter of MobileNet v1; gives the features at strides 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stage1 = nn.Sequential(
            convolve(3, 8, stride=2),
            separable(8, 16),
            separable(16, 32, stride=2),
            separable(32, 32),
            separable(32, 64, stride=2),
            separable(64, 64),
        )
        same = (separable(128, 128) for _ in range(5))
        self.stage2 = nn.Sequential(separable(64, 128, stride=2), *same)
        self.stage3 = nn.Sequential(separable(128, 256, stride=2), separable(256, 256))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        first = self.stage1(pictures)
        second = self.stage2(first)
        return first, second, self.stage3(second)


class _Pyramid(nn.Module):
    """Feature pyramid: each level takes the one above it in, by nearest neighbours."""

    def __init__(self, inputs: tuple[int, int, int]) -> None:
        super().__init__()
        self.output1, self.output2, self.output3 = (convolve(i, WIDTH, kernel=1) for i in inputs)
        self.merge1, self.merge2 = convolve(WIDTH, WIDTH), convolve(WIDTH, WIDTH)

    def forward(self, features: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        top = self.output3(features[2])
        middle = self.output2(features[1])
        middle = self.merge2(middle + nn.functional.interpolate(top, size=middle.shape[2:]))
        low = self.output1(features[0])
        low = self.merge1(low + nn.functional.interpolate(middle, size=low.shape[2:]))
        return low, middle, top


class _Context(nn.Module):
    """The context module of SSH (arXiv:1708.03979): fields of 3, 5 and 7 cells side by side."""

    def __init__(self) -> None:
        super().__init__()
        half, quarter = WIDTH // 2, WIDTH // 4
        self.conv3X3 = convolve(WIDTH, half, active=False)
        self.conv5X5_1 = convolve(WIDTH, quarter)
        self.conv5X5_2 = convolve(quarter, quarter, active=False)
        self.conv7X7_2 = convolve(quarter, quarter)
        self.conv7x7_3 = convolve(quarter, quarter, active=False)

    def forward(self, feature: Tensor) -> Tensor:
        shared = self.conv5X5_1(feature)
        fields = self.conv3X3(feature), self.conv5X5_2(shared), self.conv7x7_3(self.conv7X7_2(shared))
        return torch.relu(torch.cat(fields, dim=1))


class _Head(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1x1 = nn.Conv2d(WIDTH, ANCHORS * width, 1)
        self._width = width

    def forward(self, feature: Tensor) -> Tensor:
        return rows(self.conv1x1(feature), self._width)
