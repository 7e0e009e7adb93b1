"""models, runs, datasets"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class ModelVersionAnswer(BaseModel):
    """One version of one model; what its description does not say is null."""

    name: str
    version: str
    alias: str | None = Field(description="champion: answers; challenger: is tried beside it")
    kind: str
    error: str | None = Field(description="why it cannot be used")
    sha256: str
    weight_bytes: int
    created: str | None
    licence: str | None
    input_size: int | None
    parameters: int | None
    trained_on: list[str] | None
    metrics: dict[str, Any] | None


class ModelAnswer(ModelVersionAnswer):
    """The same with all that is known of it."""

    card: str = Field(description="Markdown")
    description: dict[str, Any]


class AliasChangeAnswer(BaseModel):
    """Who let which version answer, or be tried, when."""

    at: datetime
    by: str
    action: str
    model: str
    before: str | None = Field(alias="from")
    after: str = Field(alias="to")


class ServingAnswer(BaseModel):
    """Which models answer now: docs/model-api.md."""

    error: str | None = Field(description="why nobody can tell")
    engine: str | None
    device: str | None
    models: list[dict[str, Any]]
    refused: str | None = Field(description="why something newer does not answer")
    shadow: dict[str, Any] | None = Field(description="what the challenger found on the same pictures")


class RunsAnswer(BaseModel):
    """Training runs, or why there are none to list."""

    items: list[dict[str, Any]]
    next: str | None
    reason: str | None


class RunAnswer(BaseModel):
    """One training run."""

    name: str
    steps: int
    minutes: float
    loss: float | None
    losses: dict[str, float | None]
    metrics: dict[str, Any]
    all_metrics: dict[str, Any]
    config: dict[str, Any]
    environment: dict[str, Any]
    checkpoint: bool
    curves: list[dict[str, float | None]] = Field(description="means of the last rows at up to 200 moments")


class DatasetAnswer(BaseModel):
    """One file of labels."""

    name: str
    changed_at: datetime
    bytes: int
    pictures: dict[str, int] = Field(description="by source")
    faces: dict[str, int] = Field(description="by label")
    error: str | None


class DatasetsAnswer(BaseModel):
    """Files of labels, or why there are none to list."""

    items: list[DatasetAnswer]
    next: str | None
    reason: str | None
