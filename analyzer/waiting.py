"""How long the oldest message of each queue has waited, as a metric: it says more than how many wait."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from common.metrics import QUEUE_OLDEST_AGE
from common.ports.broker import QueueState
from common.ports.repository import Unit
from common.runtime.backlog import with_age


def show_ages(unit: Unit, queues: Iterable[QueueState], *, now: datetime) -> None:
    """0 where nothing waits, NaN where nobody knows."""
    for queue in queues:
        age = with_age(queue, unit, now=now).oldest_age_seconds
        unknown = math.nan if queue.ready else 0.0
        QUEUE_OLDEST_AGE.labels(queue.queue).set(unknown if age is None else age)
