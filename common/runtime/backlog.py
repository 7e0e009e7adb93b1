"""How long work has been waiting, also where the broker cannot tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from common.messages import JOBS
from common.ports.broker import QueueState
from common.ports.repository import Unit

LOOKED_BACK = timedelta(hours=1)  # at shots; what waits for longer has expired


def with_age(state: QueueState, unit: Unit, *, now: datetime) -> QueueState:
    """The state with the age of the oldest job, where one waits and the broker knows no ages (AMQP does not).

    A shot that was taken and has no other outcome yet is one whose job is on its way: the oldest of them is no younger
    than the oldest job that waits.
    """
    if state.queue != JOBS or state.oldest_age_seconds is not None or state.ready == 0:
        return state
    camera_ids = [camera.id for camera in unit.cameras.list(enabled=True)]
    oldest = unit.shots.oldest_waiting(camera_ids, after=now - LOOKED_BACK)
    if oldest is None:
        return state
    return replace(state, oldest_age_seconds=max(0.0, (now - oldest.scheduled_at).total_seconds()))
