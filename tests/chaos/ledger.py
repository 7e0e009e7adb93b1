"""What became of every slot of some cameras, read from the database, the store and the queues.

Nothing is tolerated: a slot that is missing, counted twice, or still open; a prediction or a picture too many or too
few; a message that still waits. What is wrong is told in sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from common.domain.camera import Camera
from common.domain.shot import PICTURES, Outcome, Shot
from common.domain.statistics import Grouping
from common.messages import QUEUES
from common.ports.repository import Unit
from grabber.slots import due_slots
from maskwatch.wiring import Adapters

MOST = 10_000  # rows of one camera
EDGE_INTERVALS = 2  # the slots just before a camera is disabled are owed by nobody


@dataclass(frozen=True, kw_only=True)
class Page:
    """One camera's part of the ledger."""

    camera: Camera
    shots: tuple[Shot, ...]  # ascending
    counted: dict[Outcome, int]  # by the statistics
    predicted: frozenset[str]  # the snapshots that have a prediction
    pictures: frozenset[str]  # the keys in the store

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many slots ended how, by the rows."""
        return Counter(shot.outcome for shot in self.shots)

    def faults(self, *, began: datetime, ended: datetime) -> Iterator[str]:
        """What is wrong with it, if the camera was watched from `began` to `ended`."""
        for fault in chain(self._slots(began, ended), self._statistics(), self._predictions(), self._pictures()):
            yield f"{self.camera.name}: {fault}"

    def _slots(self, began: datetime, ended: datetime) -> Iterator[str]:
        found = {shot.scheduled_at for shot in self.shots}
        last = ended - EDGE_INTERVALS * timedelta(seconds=self.camera.interval_seconds)
        first = min(found, default=began)
        owed = due_slots(self.camera, after=min(first, began) - timedelta(milliseconds=1), until=max({last, *found}))
        yield from (f"the slot at {slot:%T.%f} has no outcome" for slot in owed if slot not in found)
        yield from (f"{slot:%T.%f} was no slot" for slot in sorted(found - set(owed)))
        yield from (f"{shot.id} is still on its way" for shot in self.shots if not shot.outcome.is_final)

    def _statistics(self) -> Iterator[str]:
        counted = Counter({outcome: count for outcome, count in self.counted.items() if count})
        if counted != self.outcomes:
            yield f"the statistics count {dict(counted)}, the rows are {dict(self.outcomes)}"

    def _predictions(self) -> Iterator[str]:
        ended = {shot.id for shot in self.shots if shot.outcome is Outcome.PREDICTED}
        yield from (f"{each} is predicted without a prediction" for each in sorted(ended - self.predicted))
        yield from (f"{each} has a prediction and another outcome" for each in sorted(self.predicted - ended))

    def _pictures(self) -> Iterator[str]:
        named = {shot.image_key for shot in self.shots if shot.image_key}
        shown = {shot.image_key for shot in self.shots if shot.outcome is Outcome.PREDICTED}
        yield from (f"no picture {key}" for key in sorted(key or "none" for key in shown - self.pictures))
        yield from (f"nobody knows the picture {key}" for key in sorted(self.pictures - named))


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The pages of all cameras of a test."""

    pages: tuple[Page, ...]
    waiting: dict[str, int]  # messages by queue
    began: datetime  # all cameras were watched from here
    ended: datetime  # to here

    @property
    def faults(self) -> list[str]:
        """What is wrong; nothing is what a test wants."""
        left = [f"{count} messages wait in {queue}" for queue, count in self.waiting.items() if count]
        return left + [fault for page in self.pages for fault in page.faults(began=self.began, ended=self.ended)]

    @property
    def is_open(self) -> bool:
        """Whether something is still on its way."""
        return any(self.waiting.values()) or any(Outcome.TAKEN in page.outcomes for page in self.pages)

    def page(self, camera: Camera) -> Page:
        """That camera's."""
        return next(page for page in self.pages if page.camera is camera)

    @property
    def skipped(self) -> Counter[str]:
        """Slots in which nobody looked, by the reason; a few are no news on a busy machine."""
        return Counter(reason for outcome, reason in self._unseen() if outcome is Outcome.SKIPPED)

    @property
    def losses(self) -> Counter[tuple[Outcome, str]]:
        """The other slots that ended otherwise than predicted, and why."""
        return Counter((outcome, reason) for outcome, reason in self._unseen() if outcome is not Outcome.SKIPPED)

    def _unseen(self) -> list[tuple[Outcome, str]]:
        shots = (shot for page in self.pages for shot in page.shots)
        return [(shot.outcome, shot.reason) for shot in shots if shot.outcome is not Outcome.PREDICTED]


def read_ledger(adapters: Adapters, cameras: Sequence[Camera], *, began: datetime, ended: datetime) -> Ledger:
    """The ledger as it stands."""
    waiting = {queue: adapters.broker.state(queue).ready for queue in QUEUES}
    with adapters.repository.begin() as unit:
        rows = {camera.id: _rows(unit, camera) for camera in cameras}
        predicted = {camera.id: _predicted(unit, rows[camera.id]) for camera in cameras}
        statistics = {each.camera_id: each.shots for each in unit.statistics.query(by=Grouping.CAMERA)}
    pages = [
        Page(
            camera=camera,
            shots=rows[camera.id],
            counted=statistics.get(camera.id, {}),
            predicted=predicted[camera.id],
            pictures=frozenset(adapters.store.list(f"{PICTURES}{camera.id}/")),
        )
        for camera in cameras
    ]
    return Ledger(pages=tuple(pages), waiting=waiting, began=began, ended=ended)


def _rows(unit: Unit, camera: Camera) -> tuple[Shot, ...]:
    return tuple(reversed(unit.shots.list(camera_id=camera.id, limit=MOST)))


def _predicted(unit: Unit, shots: Sequence[Shot]) -> frozenset[str]:
    return frozenset(unit.predictions.get_many(shot.id for shot in shots))
