"""The ways to assign faces to cells, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from torch import Tensor

from training.detector.assignment import AssignmentName
from training.detector.pairs import Assignment
from training.detector.simota import simota
from training.detector.task_aligned import task_aligned


class Assign(Protocol):
    """Choose cells for every labelled face by what the network predicts now; see `simota` for the arguments."""

    def __call__(
        self, scores: Tensor, predicted: Tensor, boxes: Tensor, owners: Tensor, *, height: int, width: int
    ) -> Assignment: ...


ASSIGNMENTS: Mapping[AssignmentName, Assign] = {
    AssignmentName.SIMOTA: simota,
    AssignmentName.TASK_ALIGNED: task_aligned,
}
