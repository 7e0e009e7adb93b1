"""A video file -> its report."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO

from common.ports.detector import DetectOptions, Detector
from model_api.errors import UnreadableVideo, VideoTooLarge
from model_api.moderation.conclude import Conclusion, conclude
from model_api.moderation.damage import describe_damage, is_truncated
from model_api.moderation.frames import FrameReader
from model_api.moderation.index import VideoIndex, read_index
from model_api.moderation.looking import Looker
from model_api.moderation.moment import show_moment, worst_sightings
from model_api.moderation.notes import Notes
from model_api.moderation.plan import Plan, plan_frames, plan_one
from model_api.moderation.report import Coverage, Moment, Report

MOST_FRAMES = 3600  # looked at in one video: an hour, second by second
LEAST_EVERY, MOST_EVERY = 0.1, 60.0  # seconds between two frames that may be asked for


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the caller asked for."""

    source: str  # how the report calls the video
    every_seconds: float = 1.0
    options: DetectOptions = field(default_factory=DetectOptions)


@dataclass(frozen=True, kw_only=True)
class VideoLimits:
    """What is refused."""

    max_seconds: float = 14_400
    max_pixels: int = 50_000_000  # of one frame
    most_frames: int = MOST_FRAMES


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run has come."""

    frames: int  # looked at
    planned_frames: int
    seconds: float  # of the video
    total_seconds: float


OnProgress = Callable[[Progress], None]


def moderate(
    file: IO[bytes],
    *,
    detector: Detector,
    wish: Wish,
    limits: VideoLimits,
    stop: threading.Event,
    on_progress: OnProgress,
) -> Report:
    """Blocks until the report is there.

    Raises UnreadableVideo or VideoTooLarge, RunCancelled once `stop` is set, or as the detector does. A video that is
    damaged after its first frame gives a report on the rest.
    """
    started = time.monotonic()
    index = read_index(file)
    _check(index, limits)
    plan = plan_frames(index, every_seconds=wish.every_seconds, most_frames=limits.most_frames)
    reader = FrameReader(file, index=index, plan=plan, max_pixels=limits.max_pixels)
    notes = Notes()

    def tell(seconds: float) -> None:
        frames, planned = len(notes.times), len(plan.times)
        on_progress(Progress(frames=frames, planned_frames=planned, seconds=seconds, total_seconds=index.seconds))

    tell(0.0)
    for frame, result in Looker(detector, wish.options, stop=stop).look(reader.frames()):
        notes.add(frame, result)
        tell(frame.seconds)
    if not notes.times:
        raise UnreadableVideo("no frame of the video can be decoded")
    conclusion = conclude(notes, index=index, plan=plan)
    return Report(
        source=wish.source,
        width=notes.width,
        height=notes.height,
        seconds=index.seconds,
        model=notes.model,
        coverage=_coverage(notes, index=index, plan=plan, wish=wish, conclusion=conclusion, damaged=reader.damaged),
        people=tuple(person for _, person in conclusion.people),
        segments=conclusion.segments,
        unconfirmed=conclusion.unconfirmed,
        worst=_worst(file, index, conclusion, max_pixels=limits.max_pixels),
        truncated=is_truncated(index),
        error=describe_damage(index, frames=reader.damaged + notes.unseen),
        took_seconds=time.monotonic() - started,
    )


def _check(index: VideoIndex, limits: VideoLimits) -> None:
    if index.width * index.height > limits.max_pixels:
        size = f"{index.width:,} x {index.height:,}"
        raise VideoTooLarge(f"the video has frames of {size} pixels, more than the {limits.max_pixels:,} allowed")
    if index.seconds > limits.max_seconds:
        raise VideoTooLarge(
            f"the video lasts {index.seconds:,.0f} seconds, more than the {limits.max_seconds:,.0f} allowed"
        )


def _coverage(
    notes: Notes, *, index: VideoIndex, plan: Plan, wish: Wish, conclusion: Conclusion, damaged: int
) -> Coverage:
    return Coverage(
        asked_seconds=wish.every_seconds,
        every_seconds=plan.every_seconds,
        frames=len(notes.times),
        frames_in_video=len(index.times),
        frames_with_faces=notes.frames_with_faces,
        frames_by_segment=conclusion.frames_by_segment,
        damaged=damaged + notes.unseen,
    )


def _worst(file: IO[bytes], index: VideoIndex, conclusion: Conclusion, *, max_pixels: int) -> Moment | None:
    sightings = worst_sightings(conclusion.people)
    if not sightings:
        return None
    plan = plan_one(index, sightings[0].seconds)
    with closing(FrameReader(file, index=index, plan=plan, max_pixels=max_pixels).frames()) as frames:
        frame = next(frames, None)
    return show_moment(frame, sightings) if frame else None
