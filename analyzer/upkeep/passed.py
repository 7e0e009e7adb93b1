"""Up to when everything that was sent has arrived: what is missing before that will not come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from common.messages import PREDICTIONS, QUEUES, SHOTS
from common.ports.broker import Broker
from common.ports.repository import Repository


@dataclass(frozen=True, kw_only=True)
class Passed:
    """None: nobody knows."""

    shots_until: datetime | None  # what became of each earlier slot is recorded
    predictions_until: datetime | None  # each earlier job is predicted, expired or dead
    waiting_for: str = ""  # the sentence for None


def passed(repository: Repository, broker: Broker, camera_ids: Iterable[str], *, now: datetime) -> Passed:
    """It is now when no queue holds anything, else the newest that arrived: the queues keep their order.

    Dead letters may still be replayed, so a picture or a shot that one of them may tell of is left alone.
    """
    states = [broker.state(queue) for queue in QUEUES]  # before the database: what arrives meanwhile does no harm
    dead = [state.queue for state in states if state.dead and state.queue in (SHOTS, PREDICTIONS)]
    if dead:
        told = f"dead letters wait in {' and '.join(dead)}: `maskwatch queues replay` or `purge` them first"
        return Passed(shots_until=None, predictions_until=None, waiting_for=told)
    if not any(state.ready + state.unacked for state in states):
        return Passed(shots_until=now, predictions_until=now)
    with repository.begin() as unit:
        recorded = unit.shots.list(limit=1)
        predicted = unit.shots.latest(camera_ids).values()
    newest = max((shot.scheduled_at for shot in predicted), default=None)
    return Passed(
        shots_until=recorded[0].scheduled_at if recorded else None,
        predictions_until=newest,
        waiting_for="" if recorded and newest else "messages wait, and none has arrived yet",
    )
