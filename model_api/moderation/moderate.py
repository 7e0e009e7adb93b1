"""A video file -> its report."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

from common.domain.prediction import CLASSES, Face, PictureResult
from common.ports.detector import DetectOptions, Detector
from model_api.errors import UnreadableVideo, VideoTooLarge
from model_api.moderation.frames import Frame, FrameReader
from model_api.moderation.index import VideoIndex, read_index
from model_api.moderation.looking import Looker
from model_api.moderation.people import people_of
from model_api.moderation.plan import Plan, plan_frames
from model_api.moderation.portraits import Portraits
from model_api.moderation.report import Coverage, Report
from model_api.moderation.segments import VIOLATIONS, Segment, merge
from model_api.moderation.tracker import Sighting, Tracker

MOST_FRAMES = 3600  # looked at in one video: an hour, second by second
LEAST_EVERY, MOST_EVERY = 0.1, 60.0  # seconds between two frames that may be asked for
MISSING_SHARE = 0.05  # of the claimed length that may be missing: headers round, and count the sound too
MISSING_SECONDS = 1.0


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
    reader = FrameReader(file, index=index, plan=plan)
    notes = _Notes()

    def tell(seconds: float) -> None:
        frames, planned = len(notes.times), len(plan.times)
        on_progress(Progress(frames=frames, planned_frames=planned, seconds=seconds, total_seconds=index.seconds))

    tell(0.0)
    for frame, result in Looker(detector, wish.options, stop=stop).look(reader.frames()):
        notes.add(frame, result)
        tell(frame.seconds)
    if not notes.times:
        raise UnreadableVideo("no frame of the video can be decoded")
    return _report(notes, index=index, plan=plan, damaged=reader.damaged, wish=wish, took=time.monotonic() - started)


class _Notes:
    """What is remembered of the frames that passed by."""

    def __init__(self) -> None:
        self.times: list[float] = []  # of the frames looked at
        self.frames_with_faces = 0
        self.tracker = Tracker()
        self.portraits = Portraits()
        self.last = PictureResult()

    def add(self, frame: Frame, result: PictureResult) -> None:
        number = len(self.times)
        self.times.append(frame.seconds)
        self.frames_with_faces += bool(result.faces)
        self.last = result
        sightings = [_sighting(number, frame.seconds, face) for face in result.faces]
        tracks = self.tracker.add(sightings)
        self.portraits.add(frame, result, list(zip(tracks, sightings, strict=True)))


def _sighting(number: int, seconds: float, face: Face) -> Sighting:
    no_mask, incorrect, correct = (face.probabilities.get(label.value, 0.0) for label in CLASSES)
    return Sighting(
        frame=number,
        seconds=seconds,
        box=face.box,
        score=face.score,
        label=face.label,
        probabilities=(no_mask, incorrect, correct),
    )


def _check(index: VideoIndex, limits: VideoLimits) -> None:
    if index.width * index.height > limits.max_pixels:
        size = f"{index.width:,} x {index.height:,}"
        raise VideoTooLarge(f"the video has frames of {size} pixels, more than the {limits.max_pixels:,} allowed")
    if index.seconds > limits.max_seconds:
        raise VideoTooLarge(
            f"the video lasts {index.seconds:,.0f} seconds, more than the {limits.max_seconds:,.0f} allowed"
        )


def _report(notes: _Notes, *, index: VideoIndex, plan: Plan, damaged: int, wish: Wish, took: float) -> Report:
    ends = [min(after, before + 1.5 * plan.every_seconds) for before, after in _intervals(notes.times, index.seconds)]
    people, unconfirmed = people_of(notes.tracker.tracks, notes.portraits, every_seconds=plan.every_seconds, ends=ends)
    segments = merge([each for person in people for each in person.segments], every_seconds=plan.every_seconds)
    is_truncated = index.is_damaged or _is_short(index)
    return Report(
        source=wish.source,
        width=notes.last.width,
        height=notes.last.height,
        seconds=index.seconds,
        model=notes.last.model,
        coverage=Coverage(
            asked_seconds=wish.every_seconds,
            every_seconds=plan.every_seconds,
            frames=len(notes.times),
            frames_in_video=len(index.times),
            frames_with_faces=notes.frames_with_faces,
            frames_by_segment={label.value: _frames_within(notes.times, segments, label) for label in VIOLATIONS},
            damaged=damaged,
        ),
        people=tuple(people),
        segments=tuple(segments),
        unconfirmed=unconfirmed,
        worst=notes.portraits.worst if segments else None,
        truncated=is_truncated,
        error=_damage(index, is_truncated=is_truncated, damaged=damaged),
        took_seconds=took,
    )


def _intervals(times: Sequence[float], end: float) -> list[tuple[float, float]]:
    return list(zip(times, [*times[1:], max(end, times[-1])], strict=True))


def _frames_within(times: Sequence[float], segments: Sequence[Segment], label: str) -> int:
    """Frames looked at within segments of this label, which do not overlap."""
    starts = [segment.start_seconds for segment in segments if segment.label == label]
    ends = [segment.end_seconds for segment in segments if segment.label == label]
    return sum((place := bisect_right(starts, time) - 1) >= 0 and time < ends[place] for time in times)


def _is_short(index: VideoIndex) -> bool:
    claimed = index.claimed_seconds or 0.0
    return claimed - index.seconds > max(MISSING_SECONDS, MISSING_SHARE * claimed)


def _damage(index: VideoIndex, *, is_truncated: bool, damaged: int) -> str | None:
    sentences = []
    if is_truncated and index.claimed_seconds:
        sentences.append(
            f"the video breaks off: {index.seconds:.1f} of the {index.claimed_seconds:.1f} seconds it claims are there"
        )
    elif is_truncated:
        sentences.append(f"the video breaks off after {index.seconds:.1f} seconds")
    if damaged:
        sentences.append(f"{damaged} of its frames could not be decoded")
    return "; ".join(sentences) or None
