"""Notes -> people and segments, once the last frame is through."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from common.domain.prediction import Label
from model_api.moderation.index import VideoIndex
from model_api.moderation.notes import Notes
from model_api.moderation.people import people_of
from model_api.moderation.plan import Plan
from model_api.moderation.report import Person
from model_api.moderation.segments import VIOLATIONS, Segment, merge
from model_api.moderation.tracker import Track

MOST_INTERVALS = 1.5  # that a frame stands for: where frames are missing, nobody knows what they showed


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """Who, and when; `segments` are those of all people, merged."""

    people: list[tuple[Track, Person]]
    unconfirmed: int  # tracks that are taken for nobody
    segments: tuple[Segment, ...]
    frames_by_segment: dict[str, int]  # frames looked at within a segment of each label


def conclude(notes: Notes, *, index: VideoIndex, plan: Plan) -> Conclusion:
    """What the notes amount to."""
    every = plan.every_seconds
    following = [*notes.times[1:], max(index.seconds, notes.times[-1])]
    ends = [min(after, time + MOST_INTERVALS * every) for time, after in zip(notes.times, following, strict=True)]
    people = people_of(notes.tracker.tracks, notes.portraits, every_seconds=every, ends=ends)
    segments = merge([segment for _, person in people for segment in person.segments], every_seconds=every)
    return Conclusion(
        people=people,
        unconfirmed=len(notes.tracker.tracks) - len(people),
        segments=tuple(segments),
        frames_by_segment={label.value: _frames_within(notes.times, segments, label) for label in VIOLATIONS},
    )


def _frames_within(times: Sequence[float], segments: Sequence[Segment], label: Label) -> int:
    """Frames looked at within segments of this label, which do not overlap."""
    starts = [segment.start_seconds for segment in segments if segment.label is label]
    ends = [segment.end_seconds for segment in segments if segment.label is label]
    places = ((time, bisect_right(starts, time) - 1) for time in times)
    return sum(place >= 0 and time < ends[place] for time, place in places)
