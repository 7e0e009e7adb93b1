"""How faces find the cells that learn them, by name; needs no torch."""

from __future__ import annotations

from enum import StrEnum


class AssignmentName(StrEnum):
    """The rows of the table in `training.detector.assign`."""

    SIMOTA = "simota"
    TASK_ALIGNED = "task-aligned"
