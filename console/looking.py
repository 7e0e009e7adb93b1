"""What the console needs of the models: to look at what somebody shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Literal, Protocol

from common.domain.prediction import Face, PictureResult


@dataclass(frozen=True, kw_only=True)
class LookOptions:
    """How to look."""

    variant: str | None = None  # server or lite; None: as the cameras' pictures are looked at
    min_score: float | None = None  # 0..1; None: the model's own
    fit: bool = True  # also say what is uncovered


@dataclass(frozen=True, kw_only=True)
class LookLimits:
    """What is refused."""

    picture_bytes: int = 20_000_000
    picture_pixels: int = 50_000_000
    video_bytes: int = 500_000_000
    video_seconds: float = 14_400
    body_seconds: float = 30  # longest wait for an upload, and another second for each megabyte of it


@dataclass(frozen=True, kw_only=True)
class GateVerdict:
    """Whether to let in who stands nearest; `face` is the one that was judged."""

    decision: Literal["allow", "deny", "retry"]
    reason: str
    face: Face | None = None


@dataclass(frozen=True, kw_only=True)
class VideoWish:
    """How to look at a video."""

    name: str  # as the report calls it
    every_seconds: float = 1.0
    options: LookOptions = field(default_factory=LookOptions)


@dataclass(frozen=True, kw_only=True)
class VideoProgress:
    """How far a video has been looked at."""

    frames: int = 0
    planned_frames: int = 0
    seconds: float = 0.0  # of the video
    total_seconds: float = 0.0


OnProgress = Callable[[VideoProgress], None]


class Looking(Protocol):
    """Nothing that is shown is kept; thread-safe. Raises common.errors.Unavailable or Overloaded, to be tried again."""

    @property
    def limits(self) -> LookLimits: ...

    @property
    def variant(self) -> str:
        """Which detector looks where nothing is asked for."""

    def pictures(self, pictures: Sequence[bytes], options: LookOptions) -> list[PictureResult]:
        """Results for encoded pictures, in their order; a bad one is its result's `error`. Raises InvalidInput."""

    def gate(self, picture: bytes, options: LookOptions) -> GateVerdict:
        """Raises UnreadableImage, InvalidInput."""

    def video(
        self, file: IO[bytes], wish: VideoWish, *, stop: threading.Event, on_progress: OnProgress
    ) -> dict[str, Any]:
        """The report of POST /v1/video as JSON values; blocks, until soon after `stop` is set.

        Raises UnreadableImage for what is no video, ImageTooLarge, InvalidInput.
        """

    def serving(self) -> dict[str, Any]:
        """Which models answer, by what engine, and how a challenger does: GET /v1/models of the model API."""
