"""What every assignment of faces to cells shares: the candidates, the chosen pairs, and who gets a contested cell.

A face's candidates are the 5x5 cells around its centre on each level, so the work grows with the number of faces and
not with faces times cells: crowds of hundreds stay cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from model_api.networks.yoloface import STRIDES

RADIUS = 2  # cells on each side of the centre cell


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """The chosen pairs. `cells` and `pictures` say where, `faces` which label, `quality` the score to learn."""

    pictures: Tensor  # int64 [P]
    cells: Tensor  # int64 [P]
    faces: Tensor  # int64 [P]
    quality: Tensor  # float32 [P], 0..1


def candidates(boxes: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Cell numbers int64 [T, 75] around each box's centre and whether each may be chosen, bool [T, 75].

    A cell may be chosen when its centre lies in the box, or less than one stride from the box's centre: a tiny face
    must not end up without any.
    """
    centres, found, allowed, offset = (boxes[:, :2] + boxes[:, 2:]) / 2, [], [], 0
    steps = torch.arange(-RADIUS, RADIUS + 1, device=boxes.device)
    step_y, step_x = (grid.reshape(-1) for grid in torch.meshgrid(steps, steps, indexing="ij"))
    for stride in STRIDES:
        rows, columns = height // stride, width // stride
        x = (centres[:, :1] / stride).floor().long() + step_x
        y = (centres[:, 1:] / stride).floor().long() + step_y
        spot_x, spot_y = (x + 0.5) * stride, (y + 0.5) * stride
        inside = (spot_x > boxes[:, :1]) & (spot_x < boxes[:, 2:3]) & (spot_y > boxes[:, 1:2]) & (spot_y < boxes[:, 3:])
        near = torch.maximum((spot_x - centres[:, :1]).abs(), (spot_y - centres[:, 1:]).abs()) < stride
        on_map = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        found.append(offset + y.clamp(0, rows - 1) * columns + x.clamp(0, columns - 1))
        allowed.append((inside | near) & on_map)
        offset += rows * columns
    return torch.cat(found, dim=1), torch.cat(allowed, dim=1)


def settle(rows: Assignment, cost: Tensor, per_picture: int) -> Assignment:
    """A cell wanted by several faces goes to the one with the lowest cost [P]."""
    places = rows.pictures * per_picture + rows.cells
    by_cost = cost.argsort(stable=True)
    by_place = by_cost[places[by_cost].argsort(stable=True)]
    first = torch.ones(len(places), dtype=torch.bool, device=places.device)
    first[1:] = places[by_place][1:] != places[by_place][:-1]
    kept = by_place[first]
    return Assignment(**{name: value[kept] for name, value in vars(rows).items()})


def paired_iou(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of two equally shaped sets of xyxy boxes [..., 4]."""
    size = (torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])).clamp(
        min=0
    )
    common = size[..., 0] * size[..., 1]
    union = _area(first) + _area(second) - common
    return common / union.clamp(min=1e-9)


def _area(boxes: Tensor) -> Tensor:
    size = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0)
    return size[..., 0] * size[..., 1]
