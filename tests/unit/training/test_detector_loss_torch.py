"""The detector's losses on hand-computed cases."""

from __future__ import annotations

import math

import pytest
import torch

from model_api.networks.yoloface import STRIDES, cell_grid, decode_boxes, decode_points
from training.detector.loss import ciou_loss, detector_loss, ignored_cells, varifocal
from training.detector.pairs import paired_iou
from training.detector.stream import Batch


def test_a_perfect_box_costs_nothing_and_a_distant_one_more_than_one() -> None:
    wanted = torch.tensor([[0.0, 0.0, 10.0, 20.0]])
    assert float(ciou_loss(wanted, wanted)) == pytest.approx(0, abs=1e-6)
    assert float(ciou_loss(wanted + 50, wanted)) > 1


def test_ciou_of_a_shifted_square() -> None:
    """IoU 1/3; the centres are 5 apart in a hull of 15 x 10; the shape is right."""
    loss = ciou_loss(torch.tensor([[5.0, 0.0, 15.0, 10.0]]), torch.tensor([[0.0, 0.0, 10.0, 10.0]]))
    assert float(loss) == pytest.approx(1 - 1 / 3 + 25 / (15**2 + 10**2))


def test_varifocal_weighs_positives_by_quality_and_negatives_by_error() -> None:
    loss = varifocal(torch.tensor([0.0, 0.0]), torch.tensor([0.8, 0.0]))
    assert loss.tolist() == pytest.approx([0.8 * math.log(2), 0.75 * 0.25 * math.log(2)])


def test_boxes_and_points_decode_from_strides() -> None:
    cells = torch.tensor([[12.0, 20.0, 8.0]])
    box = decode_boxes(torch.tensor([[0.5, -0.5, math.log(2), 0.0]]), cells)
    assert box.tolist() == [pytest.approx([8, 12, 24, 20])]
    points = decode_points(torch.tensor([[1.0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]), cells)
    assert points[0, :3].tolist() == [[20, 20], [12, 28], [12, 20]]


def batch(*, ignored: list[list[float]]) -> Batch:
    return Batch(
        images=torch.zeros(1, 64, 64, 3, dtype=torch.uint8),
        boxes=torch.zeros(0, 4),
        points=torch.zeros(0, 5, 2),
        owners=torch.zeros(0, dtype=torch.long),
        ignored=torch.tensor(ignored).reshape(-1, 4),
        ignored_owners=torch.zeros(len(ignored), dtype=torch.long),
    )


CELLS = torch.tensor([[4.0, 4.0, 8.0], [28.0, 28.0, 8.0]])


def test_only_cells_inside_a_region_are_ignored() -> None:
    assert ignored_cells(CELLS, batch(ignored=[[0, 0, 10, 10]])).tolist() == [[True, False]]


def test_an_ignored_cell_adds_no_loss() -> None:
    raw = torch.zeros(1, 84, 15)
    raw[..., 0] = -20
    raw[0, 0, 0] = 5  # a confident face at (4, 4), where none is labelled
    cells = torch.zeros(84, 3)
    cells[:, :2], cells[:, 2] = 60, 8
    cells[0] = CELLS[0]
    blamed = detector_loss(raw, cells, batch(ignored=[]))
    excused = detector_loss(raw, cells, batch(ignored=[[0, 0, 10, 10]]))
    assert float(blamed.score) > 1
    assert float(excused.score) < 1e-3


def test_the_loss_of_a_few_steps_falls_and_the_box_moves_onto_the_face() -> None:
    torch.manual_seed(0)
    face = Batch(
        images=torch.zeros(1, 64, 64, 3, dtype=torch.uint8),
        boxes=torch.tensor([[10.0, 10.0, 40.0, 44.0]]),
        points=torch.tensor([[[18.0, 20], [32, 20], [25, 28], [20, 36], [30, 36]]]),
        owners=torch.tensor([0]),
        ignored=torch.zeros(0, 4),
        ignored_owners=torch.zeros(0, dtype=torch.long),
    )
    levels = [(torch.zeros(1, 1, 64 // stride, 64 // stride), stride) for stride in STRIDES]
    cells = torch.cat([cell_grid(level, stride) for level, stride in levels])
    raw = torch.zeros(1, len(cells), 15, requires_grad=True)
    optimizer = torch.optim.Adam([raw], lr=0.1)
    losses = []
    for _ in range(60):
        loss = detector_loss(raw, cells, face)
        optimizer.zero_grad()
        loss.total.backward()
        optimizer.step()
        losses.append(float(loss.total.detach()))
    best = int(raw[0, :, 0].argmax())
    box = decode_boxes(raw.detach()[0, :, 1:5], cells)[best]
    assert losses[-1] < losses[0] / 3
    assert float(paired_iou(box, face.boxes[0])) > 0.8
