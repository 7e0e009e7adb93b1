"""try, gate"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class SeenFaceAnswer(BaseModel):
    """One face; boxes and points are pixels of the picture, origin top left."""

    box: list[float] = Field(description="x1, y1, x2, y2")
    score: float = Field(description="0 to 1, the detector's")
    landmarks: list[list[float]] = Field(
        description="eye on the picture's left, its right, nose tip, mouth left, right"
    )
    label: str = Field(description="no_mask, mask_incorrect, mask_correct, uncertain")
    probabilities: dict[str, float]
    uncovered: list[str] = Field(description="of NOSE, MOUTH, CHIN")


class ResultAnswer(BaseModel):
    """One picture: its faces in falling score, or `error`."""

    source: str | None
    frame: int | None
    width: int
    height: int
    model: dict[str, str | None]
    faces: list[SeenFaceAnswer]
    timings_ms: dict[str, float]
    error: str | None


class ResultsAnswer(BaseModel):
    """A result for each picture, in their order."""

    results: list[ResultAnswer]


class GateAnswer(BaseModel):
    """Whether to let in who stands nearest."""

    decision: Literal["allow", "deny", "retry"]
    reason: str
    face: SeenFaceAnswer | None = Field(description="the one that was judged")
    took_ms: float


class LimitsAnswer(BaseModel):
    """The largest that is taken."""

    pictures: int
    picture_bytes: int
    picture_pixels: int
    video_bytes: int
    video_seconds: float
    body_seconds: float


class TryAnswer(BaseModel):
    """How pictures are looked at where nothing is asked for, and what may be asked for."""

    variant: str
    variants: list[str]
    limits: LimitsAnswer


class VideoReportAnswer(BaseModel):
    """As POST /v1/video of the model API: docs/model-api.md."""

    source: str
    video: dict[str, Any]
    model: dict[str, str | None]
    summary: dict[str, Any]
    segments: list[dict[str, Any]]
    people: list[dict[str, Any]]
    truncated: bool
    error: str | None
    took_seconds: float
