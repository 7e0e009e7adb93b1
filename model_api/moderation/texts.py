"""Words and times for people."""

from __future__ import annotations

from common.domain.prediction import Label
from model_api.moderation.report import Person, Report

NAMES = {
    Label.NO_MASK: "no mask",
    Label.MASK_INCORRECT: "worn wrongly",
    Label.MASK_CORRECT: "worn properly",
    Label.UNCERTAIN: "uncertain",
}


def clock(seconds: float) -> str:
    """0:07, 12:40, 1:05:09."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def name_of(person: Person) -> str:
    """How the report calls somebody whose name nobody knows."""
    return f"person {person.id}"


def summary(report: Report) -> str:
    """The report in one line."""
    counts = report.people_by_label()
    people = ", ".join(f"{counts[label.value]} {name}" for label, name in NAMES.items() if counts[label.value])
    within, frames = report.coverage.frames_by_segment[Label.NO_MASK.value], report.coverage.frames
    share = f"somebody has no mask in {within / frames:.0%} of {frames} frames"
    return f"{clock(report.seconds)} of video; {len(report.people)} people: {people or 'nobody'}; {share}"


def coverage(report: Report) -> str:
    """How much of the video was looked at, and why not more."""
    looked = report.coverage
    text = f"{looked.frames:,} of {looked.frames_in_video:,} frames looked at, one every {looked.every_seconds:.3g} s"
    if looked.every_seconds > looked.asked_seconds:
        text += f" instead of the {looked.asked_seconds:g} s asked for, because the video is long"
    return text
