"""system and its queues"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class ConcernAnswer(BaseModel):
    """What needs somebody."""

    code: str = Field(examples=["dead_letters"])
    level: str = Field(description="bad: something is not done; warn: something is late, or will fail")
    values: dict[str, Any]


class LoadAnswer(BaseModel):
    """How much a worker has to do."""

    busy: float = Field(description="share of the time")
    capacity: float | None = Field(description="finished per second when busy all the time")
    in_hand: int
    spool_bytes: int = Field(description="a grabber's: on its disk, waiting for the store or the broker")


class WorkerAnswer(BaseModel):
    """A replica that is alive."""

    group: str
    name: str
    info: str
    load: LoadAnswer | None


class LeaseAnswer(BaseModel):
    """Who does something alone."""

    name: str
    owner: str
    token: int
    camera_id: str | None
    camera: str | None


class QueueAnswer(BaseModel):
    """A queue as it stands."""

    queue: str
    ready: int
    unacked: int
    dead: int
    oldest_age_seconds: float | None = Field(description="null: nothing waits, or nobody knows")


class LagAnswer(BaseModel):
    """From capture to prediction, in the last minutes."""

    pictures: int
    p50_seconds: float | None
    p95_seconds: float | None


class StorageAnswer(BaseModel):
    """Pictures in the store, as upkeep last counted them."""

    at: datetime
    pictures: int
    bytes: int


class SystemAnswer(BaseModel):
    """How the installation is doing."""

    ready: bool
    attention: list[ConcernAnswer] = Field(description="the worst first")
    checks: dict[str, str]
    workers: list[WorkerAnswer]
    leases: list[LeaseAnswer]
    queues: list[QueueAnswer]
    cameras: dict[str, int] = Field(description="how many are in which state")
    lag: LagAnswer
    storage: StorageAnswer | None
    headroom: dict[str, Any]
    models: dict[str, Any]
    versions: dict[str, str]


class DeadLetterAnswer(BaseModel):
    """A message that was given up."""

    id: str
    queue: str
    reason: str
    at: datetime | None
    age_seconds: float | None
    camera_id: str | None
    camera: str | None
    snapshot_id: str | None
    image: str | None = Field(description="the snapshot's picture; null where none is kept")
    body: str


class CountAnswer(BaseModel):
    """How many."""

    count: int
