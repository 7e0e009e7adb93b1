"""cameras: a file of them, and the hours of one"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from common.domain.prediction import Label
from common.domain.shot import Outcome
from console.api.answers import FieldProblem
from console.camera_import import Action


class RowAnswer(BaseModel):
    """What became of a row, or would."""

    row: int = Field(description="from 1, without a header")
    name: str
    action: Action
    camera_id: str | None
    fields: list[str] = Field(description="that change, of an update")
    errors: list[FieldProblem]


class ImportAnswer(BaseModel):
    """How many rows of each kind, and each row."""

    dry_run: bool
    added: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    rows: list[RowAnswer]


class WatchedAnswer(BaseModel):
    """What became of the shots of some time."""

    scheduled: int
    coverage: float | None = Field(description="share of the shots that were looked at; null: none was due")
    shots: dict[Outcome, int]


class HourAnswer(WatchedAnswer):
    """An hour."""

    start: datetime
    faces: dict[Label, int]
    seconds_per_picture: float | None = Field(description="as it really was, within the camera's schedule")


class HistoryAnswer(WatchedAnswer):
    """How well a camera was watched."""

    camera_id: str
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    desired_interval_seconds: float
    effective_interval_seconds: float = Field(description="as it is now")
    hours: list[HourAnswer]
