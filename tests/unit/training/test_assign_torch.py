"""Which cells learn which face, on cases small enough to see."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from model_api.networks.yoloface import YoloFace, YoloFaceConfig, cell_grid
from training.detector.assign import ASSIGNMENTS, Assign
from training.detector.pairs import candidates, paired_iou
from training.detector.simota import simota
from training.detector.task_aligned import task_aligned

SIZE = 64
CELLS = 64 + 16 + 4  # 8x8, 4x4 and 2x2


def grid() -> Tensor:
    levels = [(torch.zeros(1, 1, SIZE // stride, SIZE // stride), stride) for stride in (8, 16, 32)]
    return torch.cat([cell_grid(level, stride) for level, stride in levels])


def test_the_candidates_of_a_tiny_face_are_near_its_centre() -> None:
    cells, allowed = candidates(torch.tensor([[18.0, 18.0, 22.0, 22.0]]), SIZE, SIZE)
    chosen = cells[0][allowed[0]]
    apart = (grid()[chosen, :2] - 20).abs().amax(dim=1)
    assert len(chosen) > 0
    assert bool((apart < grid()[chosen, 2]).all())


def test_no_candidate_lies_off_the_map() -> None:
    cells, allowed = candidates(torch.tensor([[0.0, 0.0, 10.0, 10.0], [54.0, 54.0, 64.0, 64.0]]), SIZE, SIZE)
    assert int(cells.min()) >= 0
    assert int(cells.max()) < CELLS
    unique = [len(set(row[mask].tolist())) == int(mask.sum()) for row, mask in zip(cells, allowed, strict=True)]
    assert all(unique), "a cell clamped to the border must not be allowed twice"


def test_the_cell_that_predicts_the_face_best_gets_it() -> None:
    face = torch.tensor([[16.0, 16.0, 40.0, 40.0]])
    predicted = torch.zeros(1, CELLS, 4)
    spot = 3 * 8 + 3  # the cell at (28, 28) of stride 8
    predicted[0, spot] = face[0]
    result = simota(torch.zeros(1, CELLS), predicted, face, torch.tensor([0]), height=SIZE, width=SIZE)
    assert result.cells.tolist() == [spot]
    assert result.quality.tolist() == [1.0]


def test_more_good_predictions_make_more_positives() -> None:
    face = torch.tensor([[16.0, 16.0, 40.0, 40.0]])
    everywhere = face.expand(CELLS, 4)[None]
    result = simota(torch.zeros(1, CELLS), everywhere, face, torch.tensor([0]), height=SIZE, width=SIZE)
    assert len(result.cells) == 10


def test_a_contested_cell_goes_to_the_face_it_fits_better() -> None:
    faces = torch.tensor([[18.0, 18.0, 42.0, 42.0], [16.0, 16.0, 40.0, 40.0]])
    predicted = torch.zeros(1, CELLS, 4)
    spot = 3 * 8 + 3
    predicted[0, spot] = faces[1]
    result = simota(torch.zeros(1, CELLS), predicted, faces, torch.tensor([0, 0]), height=SIZE, width=SIZE)
    assert result.cells.tolist() == [spot]
    assert result.faces.tolist() == [1]


def test_task_aligned_gives_every_face_the_same_number_of_cells() -> None:
    face = torch.tensor([[0.0, 0.0, 64.0, 64.0]])
    good, poor = face.expand(CELLS, 4)[None], torch.tensor([[0.0, 0.0, 16.0, 16.0]]).expand(CELLS, 4)[None]
    for predicted in (good, poor):
        result = task_aligned(torch.zeros(1, CELLS), predicted, face, torch.tensor([0]), height=SIZE, width=SIZE)
        assert len(result.cells) == 13


def test_task_aligned_wants_the_best_iou_of_the_best_cell_and_less_of_the_others() -> None:
    face = torch.tensor([[16.0, 16.0, 40.0, 40.0]])
    spot, unsure = 3 * 8 + 3, 3 * 8 + 4
    predicted = torch.zeros(1, CELLS, 4)
    predicted[0, [spot, unsure]] = torch.tensor([16.0, 16.0, 40.0, 28.0])  # half of the face
    scores = torch.full((1, CELLS), -20.0)
    scores[0, spot], scores[0, unsure] = 0.0, -1.0986123  # 0.5 and 0.25
    result = task_aligned(scores, predicted, face, torch.tensor([0]), height=SIZE, width=SIZE)
    quality = dict(zip(result.cells.tolist(), result.quality.tolist(), strict=True))
    assert quality[spot] == pytest.approx(0.5)
    assert quality[unsure] == pytest.approx(0.25)


def test_task_aligned_gives_a_contested_cell_to_the_face_it_overlaps_most() -> None:
    faces = torch.tensor([[18.0, 18.0, 42.0, 42.0], [16.0, 16.0, 40.0, 40.0]])
    predicted = faces[1].expand(CELLS, 4)[None]
    result = task_aligned(torch.zeros(1, CELLS), predicted, faces, torch.tensor([0, 0]), height=SIZE, width=SIZE)
    shared = 3 * 8 + 3
    assert result.faces[result.cells == shared].tolist() == [1]
    assert len(set(result.cells.tolist())) == len(result.cells)


@pytest.mark.parametrize("assign", ASSIGNMENTS.values())
def test_every_face_gets_a_cell_even_when_all_predictions_miss(assign: Assign) -> None:
    faces = torch.tensor([[2.0, 2.0, 9.0, 9.0], [30.0, 30.0, 60.0, 60.0]])
    result = assign(torch.zeros(2, CELLS), torch.zeros(2, CELLS, 4), faces, torch.tensor([0, 1]), height=64, width=64)
    assert set(zip(result.pictures.tolist(), result.faces.tolist(), strict=True)) == {(0, 0), (1, 1)}


@pytest.mark.parametrize("assign", ASSIGNMENTS.values())
def test_a_batch_without_faces_is_assigned_nothing(assign: Assign) -> None:
    result = assign(
        torch.zeros(1, CELLS), torch.zeros(1, CELLS, 4), torch.zeros(0, 4), torch.zeros(0).long(), height=64, width=64
    )
    assert len(result.cells) == 0


def test_paired_iou_of_a_quarter_overlap() -> None:
    first, second = torch.tensor([[0.0, 0.0, 10.0, 10.0]]), torch.tensor([[5.0, 5.0, 15.0, 15.0]])
    assert paired_iou(first, second).tolist() == torch.tensor([25 / 175]).tolist()


def test_the_cells_are_in_the_order_of_the_networks_output() -> None:
    network = YoloFace(YoloFaceConfig(widths=(4, 8, 8, 8, 8), depths=(1, 1, 1, 1), neck=8)).eval()
    raw, cells = network(torch.zeros(1, 3, SIZE, SIZE))
    assert raw.shape == (1, CELLS, 15)
    assert torch.equal(cells, grid())
