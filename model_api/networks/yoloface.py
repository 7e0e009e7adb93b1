"""YOLO-face: a small anchor-free one-stage face detector with five landmarks per face.

Written from the papers: YOLO (Redmon et al., arXiv:1506.02640), YOLO5Face for the landmark head (Qi et al.,
arXiv:2105.12931), YOLOX for the anchor-free box code (Ge et al., arXiv:2107.08430), CSPNet for the blocks (Wang et al.,
arXiv:1911.11929), PANet for the neck (Liu et al., arXiv:1803.01534), SPP (He et al., arXiv:1406.4729).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDES = (8, 16, 32)
PRIOR_SCORE = 0.01  # the score every cell starts with, so that the many empty cells do not swamp the first steps
MAX_LOG_SIZE = 6.0  # e**6 * 8 px = 3,227 px: wider than any input; keeps exp() finite in half precision
POINTS = 5


@dataclass(frozen=True, kw_only=True)
class YoloFaceConfig:
    """The width of each stage in channels and the depth of its block in residual units."""

    widths: tuple[int, int, int, int, int] = (16, 32, 64, 112, 160)  # at strides 2, 4, 8, 16, 32
    depths: tuple[int, int, int, int] = (1, 2, 2, 1)  # at strides 4, 8, 16, 32
    neck: int = 64  # channels of every level of the neck and the head
    activation: Literal["silu", "relu"] = "silu"  # ReLU runs inside the convolution on a CPU: a fifth less time


# Two detectors of one definition; `lite` has less than a quarter of the multiply-adds of `server`.
SERVER = YoloFaceConfig(widths=(32, 64, 128, 224, 320), neck=128)
LITE = YoloFaceConfig(depths=(1, 1, 2, 1), activation="relu")


class ConvUnit(nn.Sequential):
    """Convolution, batch norm, SiLU; `groups` makes it depthwise."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
            nn.SiLU(inplace=True),
        )


class Residual(nn.Module):
    """Two 3x3 convolutions with a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvUnit(channels, channels, 3)
        self.second = ConvUnit(channels, channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(self.first(x))  # type: ignore[no-any-return]


class CspBlock(nn.Module):
    """Cross-stage partial block: half of the channels pass by, half go through `depth` residual units."""

    def __init__(self, inputs: int, outputs: int, depth: int) -> None:
        super().__init__()
        half = outputs // 2
        self.bypass = ConvUnit(inputs, half)
        self.entry = ConvUnit(inputs, half)
        self.units = nn.ModuleList(Residual(half) for _ in range(depth))
        self.join = ConvUnit(half * (2 + depth), outputs)

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.bypass(x), self.entry(x)]
        for unit in self.units:
            parts.append(unit(parts[-1]))
        return self.join(torch.cat(parts, dim=1))  # type: ignore[no-any-return]


class PyramidPool(nn.Module):
    """Spatial pyramid pooling by three 5x5 max pools in a row (windows of 5, 9 and 13 cells)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.entry = ConvUnit(channels, channels // 2)
        self.join = ConvUnit(channels * 2, channels)

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.entry(x)]
        for _ in range(3):
            parts.append(functional.max_pool2d(parts[-1], 5, 1, 2))
        return self.join(torch.cat(parts, dim=1))  # type: ignore[no-any-return]


class Backbone(nn.Module):
    """Picture -> features at strides 8, 16 and 32."""

    def __init__(self, config: YoloFaceConfig) -> None:
        super().__init__()
        widths = config.widths
        self.stem = ConvUnit(3, widths[0], 3, 2)
        self.stages = nn.ModuleList(
            nn.Sequential(ConvUnit(before, after, 3, 2), CspBlock(after, after, depth))
            for before, after, depth in zip(widths[:-1], widths[1:], config.depths, strict=True)
        )
        self.pool = PyramidPool(widths[-1])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.stages[0](self.stem(x))
        fine = self.stages[1](x)
        middle = self.stages[2](fine)
        return fine, middle, self.pool(self.stages[3](middle))


class Neck(nn.Module):
    """Top-down and bottom-up path aggregation; every level leaves with the same number of channels."""

    def __init__(self, config: YoloFaceConfig) -> None:
        super().__init__()
        channels = config.neck
        self.laterals = nn.ModuleList(ConvUnit(width, channels) for width in config.widths[2:])
        self.down = nn.ModuleList(CspBlock(channels * 2, channels, 1) for _ in range(2))
        self.shrink = nn.ModuleList(
            nn.Sequential(ConvUnit(channels, channels, 3, 2, groups=channels), ConvUnit(channels, channels))
            for _ in range(2)
        )
        self.up = nn.ModuleList(CspBlock(channels * 2, channels, 1) for _ in range(2))

    def forward(self, features: tuple[Tensor, Tensor, Tensor]) -> list[Tensor]:
        fine, middle, coarse = (lateral(x) for lateral, x in zip(self.laterals, features, strict=True))
        middle = self.down[0](torch.cat([functional.interpolate(coarse, scale_factor=2.0), middle], dim=1))
        fine = self.down[1](torch.cat([functional.interpolate(middle, scale_factor=2.0), fine], dim=1))
        middle = self.up[0](torch.cat([self.shrink[0](fine), middle], dim=1))
        coarse = self.up[1](torch.cat([self.shrink[1](middle), coarse], dim=1))
        return [fine, middle, coarse]


class Head(nn.Module):
    """Per level: one tower for the score, one for box and landmarks (depthwise-separable, so cheap at stride 8)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.score_tower = self._tower(channels)
        self.shape_tower = self._tower(channels)
        self.score = nn.Conv2d(channels, 1, 1)
        self.box = nn.Conv2d(channels, 4, 1)
        self.points = nn.Conv2d(channels, 2 * POINTS, 1)
        self.score.bias = nn.Parameter(torch.tensor([-math.log((1 - PRIOR_SCORE) / PRIOR_SCORE)]))

    @staticmethod
    def _tower(channels: int) -> nn.Sequential:
        units = (ConvUnit(channels, channels, 3, groups=channels), ConvUnit(channels, channels))
        more = (ConvUnit(channels, channels, 3, groups=channels), ConvUnit(channels, channels))
        return nn.Sequential(*units, *more)

    def forward(self, x: Tensor) -> Tensor:
        shape = self.shape_tower(x)
        return torch.cat([self.score(self.score_tower(x)), self.box(shape), self.points(shape)], dim=1)


class YoloFace(nn.Module):
    """Normalised pictures float [N, 3, H, W] -> raw predictions float [N, A, 15]: score logit, 4 box, 10 point numbers.

    A counts the cells of strides 8, 16, 32 in this order, row by row. H and W are multiples of 32.
    """

    def __init__(self, config: YoloFaceConfig | None = None) -> None:
        super().__init__()
        self.config = config or YoloFaceConfig()
        self.backbone = Backbone(self.config)
        self.neck = Neck(self.config)
        self.heads = nn.ModuleList(Head(self.config.neck) for _ in STRIDES)
        if self.config.activation == "relu":
            for module in self.modules():
                if isinstance(module, ConvUnit):
                    module[2] = nn.ReLU(inplace=True)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the raw predictions [N, A, 15] and the cells [A, 3]: centre x, centre y, stride, in input pixels."""
        levels = [head(x) for head, x in zip(self.heads, self.neck(self.backbone(images)), strict=True)]
        raw = torch.cat([level.flatten(2) for level in levels], dim=2).transpose(1, 2)
        cells = torch.cat([cell_grid(level, stride) for level, stride in zip(levels, STRIDES, strict=True)])
        return raw, cells


def cell_grid(level: Tensor, stride: int) -> Tensor:
    """Return float32 [h*w, 3]: centre x, centre y and stride of each cell of a feature map [N, C, h, w], in pixels."""
    rows = (torch.arange(level.shape[2], device=level.device, dtype=torch.float32) + 0.5) * stride
    columns = (torch.arange(level.shape[3], device=level.device, dtype=torch.float32) + 0.5) * stride
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x, y, torch.full_like(x, float(stride))], dim=-1).reshape(-1, 3)


def decode_boxes(raw: Tensor, cells: Tensor) -> Tensor:
    """Turn box numbers [..., A, 4] (centre offset in strides, log of the size in strides) into xyxy pixels."""
    stride = cells[..., 2:]
    centre = cells[..., :2] + raw[..., :2] * stride
    half = raw[..., 2:].clamp(max=MAX_LOG_SIZE).exp() * stride * 0.5
    return torch.cat([centre - half, centre + half], dim=-1)


def decode_points(raw: Tensor, cells: Tensor) -> Tensor:
    """Turn landmark numbers [..., A, 10] (offsets from the cell's centre in strides) into pixels [..., A, 5, 2]."""
    offsets = raw.reshape(*raw.shape[:-1], POINTS, 2) * cells[..., None, 2:]
    return offsets + cells[..., None, :2]


def normalise(images: Tensor) -> Tensor:
    """RGB 0..255 -> about -2..2."""
    return (images - 127.5) / 64.0


class ServedYoloFace(nn.Module):
    """What the ONNX file holds: RGB 0..255 in; boxes [N, A, 4], scores [N, A], landmarks [N, A, 5, 2] in pixels out."""

    def __init__(self, network: YoloFace) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        raw, cells = self.network(normalise(images))
        raw = raw.float()
        return decode_boxes(raw[..., 1:5], cells), raw[..., 0].sigmoid(), decode_points(raw[..., 5:], cells)
