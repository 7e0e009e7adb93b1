"""The JSON of a report."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from model_api.moderation.report import Person, Report
from model_api.moderation.segments import VIOLATIONS, Segment

SECONDS_DECIMALS = 3
SHARE_DECIMALS = 4


class VideoAnswer(TypedDict):
    """What was looked at. `every_seconds` is longer than asked where the video has too many seconds."""

    width: int
    height: int
    seconds: float
    frames: int
    frames_looked_at: int
    frames_with_faces: int
    frames_damaged: int
    asked_every_seconds: float
    every_seconds: float


class SegmentAnswer(TypedDict):
    """An interval in which somebody wore no mask, or wore it wrongly."""

    label: str  # no_mask, mask_incorrect
    start_seconds: float
    end_seconds: float
    people: list[int]


class PersonAnswer(TypedDict):
    """Somebody; `label` is the vote of all sightings, `counts` what they said one by one."""

    id: int
    label: str
    probabilities: dict[str, float]
    sightings: int
    counts: dict[str, int]
    first_seconds: float
    last_seconds: float
    segments: list[SegmentAnswer]


class WorstAnswer(TypedDict):
    """The frame with the most people without a mask, and how everybody in it wore it."""

    seconds: float
    counts: dict[str, int]


class SummaryAnswer(TypedDict):
    """The video in a few numbers; shares are of the frames looked at."""

    people: int
    people_by_label: dict[str, int]
    unconfirmed_faces: int
    seconds: dict[str, float]
    share_of_frames: dict[str, float]
    worst: WorstAnswer | None


class ReportAnswer(TypedDict):
    """The report; `error` says what was damaged, the rest is about what could be read."""

    source: str
    video: VideoAnswer
    model: dict[str, str | None]
    summary: SummaryAnswer
    segments: list[SegmentAnswer]
    people: list[PersonAnswer]
    truncated: bool
    error: str | None
    took_seconds: float


def to_report_answer(report: Report) -> ReportAnswer:
    """The report as plain JSON values, without its pictures."""
    return {
        "source": report.source,
        "video": _video(report),
        "model": dict(report.model),
        "summary": _summary(report),
        "segments": [_segment(segment) for segment in report.segments],
        "people": [_person(person) for person in report.people],
        "truncated": report.truncated,
        "error": report.error,
        "took_seconds": _seconds(report.took_seconds),
    }


def _video(report: Report) -> VideoAnswer:
    coverage = report.coverage
    return {
        "width": report.width,
        "height": report.height,
        "seconds": _seconds(report.seconds),
        "frames": coverage.frames_in_video,
        "frames_looked_at": coverage.frames,
        "frames_with_faces": coverage.frames_with_faces,
        "frames_damaged": coverage.damaged,
        "asked_every_seconds": coverage.asked_seconds,
        "every_seconds": _seconds(coverage.every_seconds),
    }


def _summary(report: Report) -> SummaryAnswer:
    coverage, worst = report.coverage, report.worst
    return {
        "people": len(report.people),
        "people_by_label": report.people_by_label(),
        "unconfirmed_faces": report.unconfirmed,
        "seconds": {label.value: _seconds(report.seconds_of(label)) for label in VIOLATIONS},
        "share_of_frames": {
            label: round(count / coverage.frames, SHARE_DECIMALS) for label, count in coverage.frames_by_segment.items()
        },
        "worst": {"seconds": _seconds(worst.seconds), "counts": worst.counts} if worst else None,
    }


def _person(person: Person) -> PersonAnswer:
    return {
        "id": person.id,
        "label": person.label.value,
        "probabilities": {label: round(share, SHARE_DECIMALS) for label, share in person.probabilities.items()},
        "sightings": person.sightings,
        "counts": person.counts,
        "first_seconds": _seconds(person.first_seconds),
        "last_seconds": _seconds(person.last_seconds),
        "segments": [_segment(segment) for segment in person.segments],
    }


def _segment(segment: Segment) -> SegmentAnswer:
    return {
        "label": segment.label.value,
        "start_seconds": _seconds(segment.start_seconds),
        "end_seconds": _seconds(segment.end_seconds),
        "people": list(segment.people),
    }


def _seconds(value: float) -> float:
    return round(value, SECONDS_DECIMALS)
