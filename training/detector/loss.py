"""The detector's loss: varifocal scores (Zhang et al., arXiv:2008.13367), CIoU boxes (Zheng et al., arXiv:1911.08287),
smooth-L1 landmarks in units of the face's size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from model_api.networks.yoloface import decode_boxes, decode_points
from training.detector.assign import Assign
from training.detector.pairs import Assignment, paired_iou
from training.detector.simota import simota
from training.detector.stream import Batch

BOX_WEIGHT = 2.5
POINTS_WEIGHT = 6.0
NEGATIVE_WEIGHT = 0.75  # alpha of the varifocal paper
FOCUS = 2.0  # gamma of the same
POINTS_BETA = 0.05  # face sizes; errors beyond it count linearly


@dataclass(frozen=True, kw_only=True)
class DetectorLoss:
    """The parts and their weighted sum, all scalars."""

    total: Tensor
    score: Tensor
    box: Tensor
    points: Tensor


def detector_loss(raw: Tensor, cells: Tensor, batch: Batch, assign: Assign = simota) -> DetectorLoss:
    """Compare raw predictions float32 [B, A, 15] over cells [A, 3] with the labels of a batch."""
    height, width = batch.images.shape[1:3]
    boxes = decode_boxes(raw[..., 1:5], cells)
    pairs = assign(
        raw[..., 0].detach(), boxes.detach(), batch.boxes, batch.owners, height=int(height), width=int(width)
    )
    quality = torch.zeros_like(raw[..., 0])
    quality[pairs.pictures, pairs.cells] = pairs.quality.clamp(min=0.05)
    counted = ~ignored_cells(cells, batch) | (quality > 0)
    share = quality.sum().clamp(min=1.0)
    score = (varifocal(raw[..., 0], quality) * counted).sum() / share
    weights = quality[pairs.pictures, pairs.cells]
    box = (ciou_loss(boxes[pairs.pictures, pairs.cells], batch.boxes[pairs.faces]) * weights).sum() / share
    points = _points_loss(raw, cells, batch, pairs)
    return DetectorLoss(total=score + BOX_WEIGHT * box + POINTS_WEIGHT * points, score=score, box=box, points=points)


def ignored_cells(cells: Tensor, batch: Batch) -> Tensor:
    """Bool [B, A]: the cell's centre lies in a region to ignore of its picture."""
    x, y, regions = cells[:, 0], cells[:, 1], batch.ignored[:, :, None]
    inside = (x > regions[:, 0]) & (x < regions[:, 2]) & (y > regions[:, 1]) & (y < regions[:, 3])
    hits = torch.zeros(batch.images.shape[0], len(cells), device=cells.device)
    return hits.index_add_(0, batch.ignored_owners, inside.float()) > 0


def varifocal(logits: Tensor, quality: Tensor) -> Tensor:
    """Binary cross-entropy per cell against the quality 0..1; empty cells are weighed by how wrong they are."""
    certainty = logits.detach().sigmoid()
    weight = torch.where(quality > 0, quality, NEGATIVE_WEIGHT * certainty**FOCUS)
    return weight * functional.binary_cross_entropy_with_logits(logits, quality, reduction="none")


def ciou_loss(predicted: Tensor, wanted: Tensor) -> Tensor:
    """1 - CIoU [P] of xyxy boxes [P, 4]: overlap, distance of centres and difference of aspect ratio."""
    overlap = paired_iou(predicted, wanted)
    hull = torch.maximum(predicted[:, 2:], wanted[:, 2:]) - torch.minimum(predicted[:, :2], wanted[:, :2])
    apart = (predicted[:, :2] + predicted[:, 2:] - wanted[:, :2] - wanted[:, 2:]) / 2
    distance = apart.square().sum(dim=1) / hull.square().sum(dim=1).clamp(min=1e-6)
    aspect = (4 / math.pi**2) * (_angle(wanted) - _angle(predicted)).square()
    balance = (aspect / (1 - overlap + aspect).clamp(min=1e-6)).detach()
    return 1 - overlap + distance + balance * aspect


def _angle(boxes: Tensor) -> Tensor:
    size = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
    return torch.atan(size[:, 0] / size[:, 1])


def _points_loss(raw: Tensor, cells: Tensor, batch: Batch, pairs: Assignment) -> Tensor:
    wanted = batch.points[pairs.faces]
    known = ~wanted.isnan().any(dim=2).any(dim=1)
    if not bool(known.any()):
        return raw.sum() * 0
    pictures, places = pairs.pictures[known], pairs.cells[known]
    found = decode_points(raw[pictures, places, 5:], cells[places])
    boxes = batch.boxes[pairs.faces[known]]
    size = ((boxes[:, 2:] - boxes[:, :2]).prod(dim=1).clamp(min=1.0)).sqrt()[:, None, None]
    return functional.smooth_l1_loss(found / size, wanted[known] / size, beta=POINTS_BETA)
