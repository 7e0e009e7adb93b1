"""The report on a video, as values."""

from __future__ import annotations

from dataclasses import dataclass, field

from common.domain.prediction import Label
from model_api.moderation.segments import Segment


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who was seen, and how the mask was worn on the whole."""

    id: int  # from 1, in the order of appearance
    label: Label
    probabilities: dict[str, float]  # of the three classes
    sightings: int  # frames with this person, of those looked at
    counts: dict[str, int]  # of those frames by label
    first_seconds: float
    last_seconds: float
    segments: tuple[Segment, ...]
    portrait: bytes = field(repr=False)  # JPEG of the frame that shows best what `label` says


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The frame with the most people without a mask, then with one worn wrongly."""

    seconds: float
    counts: dict[str, int]  # people in it by label
    picture: bytes = field(repr=False)  # JPEG with the faces drawn on


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of the video the report is about."""

    asked_seconds: float  # the interval that was asked for
    every_seconds: float  # the one that the limit on frames allowed
    frames: int  # looked at
    frames_in_video: int
    frames_with_faces: int  # of those looked at
    frames_by_segment: dict[str, int]  # of those looked at, within a segment of that label
    damaged: int  # packets that could not be decoded


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that is told. `segments` are those of all people, merged."""

    source: str  # as the caller named it; an address without credentials and query
    width: int  # pixels, upright
    height: int
    seconds: float  # length of what could be read
    model: dict[str, str | None]
    coverage: Coverage
    people: tuple[Person, ...]
    segments: tuple[Segment, ...]
    unconfirmed: int  # faces seen once that the detector was unsure of: counted nowhere else
    worst: Moment | None  # None without a segment
    truncated: bool  # the video breaks off
    error: str | None  # one clear sentence of what is damaged; the report is about the rest
    took_seconds: float

    def people_by_label(self) -> dict[str, int]:
        """How many people wore the mask how, on the whole."""
        return {label.value: sum(person.label is label for person in self.people) for label in Label}

    def seconds_of(self, label: Label) -> float:
        """How long somebody did, by the merged segments."""
        return sum(each.end_seconds - each.start_seconds for each in self.segments if each.label is label)
