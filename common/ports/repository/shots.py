"""Every scheduled shot, and what the models said of its picture."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from common.domain.prediction import Label, Prediction
from common.domain.shot import Outcome, Shot


class Shots(Protocol):
    """Every scheduled shot with its outcome."""

    def record(self, shot: Shot) -> Outcome | None:
        """Store the outcome unless a final one is stored already. Returns what was stored before (None: nothing).

        The caller counts by the answer: None -> one more; TAKEN -> one moved; a final outcome -> nothing changed.
        A later message may fill in the picture's key but never takes it away. Of two pictures of one slot, taken under
        two leases of the camera, the later lease's stays, until one is predicted. The other is refused: nothing
        changes, and the answer is its own outcome, as if that had been stored before. So is a slot that is called
        skipped or failed after it was taken: a grabber was killed before its successor could know.
        """

    def record_many(self, shots: Sequence[Shot]) -> list[Outcome | None]:
        """The answers of `record`, as if each were recorded after the one before it; a shot may come twice."""

    def get(self, shot_id: str) -> Shot: ...
    def list(
        self,
        *,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        label: Label | None = None,
        outcomes: Iterable[Outcome] | None = None,
        limit: int = 50,
    ) -> list[Shot]:
        """Newest first by `scheduled_at`; `after` inclusive, `before` exclusive; `label`: a face carries it."""

    def count(self, camera_id: str, *, after: datetime) -> dict[Outcome, int]:
        """How many of a camera's shots that were scheduled since have each outcome; without those that none has."""

    def latest(self, camera_ids: Iterable[str]) -> dict[str, Shot]:
        """The newest predicted shot of each camera that has one."""

    def newest(self, camera_ids: Iterable[str], *, after: datetime, skipped: bool = True) -> dict[str, Shot]:
        """The newest shot of each camera that has one scheduled since; with or without those that were skipped."""

    def oldest_waiting(self, camera_ids: Iterable[str], *, after: datetime) -> Shot | None:
        """Of the shots of these cameras that were scheduled since and are taken still, the oldest."""


class PlainPrediction(NamedTuple):
    """Of a prediction what tells its camera's past: made in no time, a million of them in a row."""

    snapshot_id: str
    captured_at: datetime
    width: int  # pixels
    height: int
    faces: str  # JSON, as a prediction's `faces`; "[]": nobody


class Predictions(Protocol):
    """One per predicted snapshot."""

    def add(self, prediction: Prediction) -> bool:
        """False, and nothing changed, when the snapshot has one already."""

    def add_many(self, predictions: Iterable[Prediction]) -> set[str]:
        """The ids of those that were added, each of which comes once; the others' snapshots have one already."""

    def get(self, snapshot_id: str) -> Prediction: ...
    def get_many(self, snapshot_ids: Iterable[str]) -> dict[str, Prediction]: ...
    def captured_after(self, camera_id: str, at: datetime) -> list[Prediction]:
        """The camera's, in the order of capture; `at` exclusive."""

    def count_captured(self, camera_id: str, *, start: datetime, end: datetime) -> int:
        """How many `captured` would give in all, from the first on."""

    def captured(
        self, camera_id: str, *, start: datetime, end: datetime, after: str = "", limit: int
    ) -> list[PlainPrediction]:
        """The camera's, in the order of capture, from `start` on, before `end`.

        Of those captured at `start`, which may have come with the page before, the ones with ids behind `after`.
        """
