"""A job on its way through the stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from common.domain.job import Job
from common.domain.prediction import PictureResult
from common.domain.shot import Outcome


@dataclass(kw_only=True)
class Task:
    """One job in hand: each stage fills in what it found, or the error that ends the way here."""

    body: bytes = field(repr=False)
    job: Job
    picture: bytes = field(default=b"", repr=False)
    result: PictureResult | None = None
    image_key: str = ""  # of the picture that the prediction may name
    outcome: Outcome | None = None  # PREDICTED or EXPIRED, once that is published
    error: Exception | None = None

    @property
    def is_open(self) -> bool:
        """Whether the next stage takes it."""
        return self.outcome is None and self.error is None


Stage = Callable[[Task], None]


def still_open(tasks: Iterable[Task]) -> list[Task]:
    """Those that the next stage takes."""
    return [task for task in tasks if task.is_open]


def attempt(stage: Stage, task: Task) -> None:
    """Run a stage; its error is this task's alone."""
    try:
        stage(task)
    except Exception as exc:  # noqa: BLE001  # one poisonous job must not take its batch with it
        task.error = exc
