"""When somebody wore no mask, or wore it wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from common.domain.prediction import CLASSES, Label
from model_api.moderation.tracker import Sighting

VIOLATIONS = (Label.NO_MASK, Label.MASK_INCORRECT)
LEAST_HITS = 2  # frames that must agree: one doubtful frame is no segment, and no gap in one
SURE = 0.95  # probability by which one frame is enough
SURE_SCORE = 0.8  # the detector's, that goes with it
BRIDGED_SECONDS = 2.0  # a gap up to this long is none …
BRIDGED_FRAMES = 2.5  # … nor one of so many frames' intervals, where frames lie further apart


@dataclass(frozen=True, kw_only=True)
class Segment:
    """An interval of the video."""

    label: Label  # NO_MASK or MASK_INCORRECT
    start_seconds: float  # from the first frame of the video
    end_seconds: float  # each frame stands for the time until the next
    people: tuple[int, ...]  # ids, rising


def segments_of(
    person: int, sightings: Sequence[Sighting], *, every_seconds: float, ends: Sequence[float]
) -> list[Segment]:
    """One person's segments of both kinds, by their beginning; `ends`: of the interval that each frame stands for."""
    found = [
        Segment(label=label, start_seconds=hits[0].seconds, end_seconds=ends[hits[-1].frame], people=(person,))
        for label in VIOLATIONS
        for hits in _runs(label, sightings, bridged_seconds(every_seconds))
        if _is_believed(label, hits)
    ]
    return sorted(found, key=lambda segment: (segment.start_seconds, segment.label))


def bridged_seconds(every_seconds: float) -> float:
    """The longest gap within a segment."""
    return max(BRIDGED_SECONDS, BRIDGED_FRAMES * every_seconds)


def merge(segments: Sequence[Segment], *, every_seconds: float) -> list[Segment]:
    """The video's segments of both kinds, from those of all its people."""
    limit = bridged_seconds(every_seconds)
    merged: list[Segment] = []
    for label in VIOLATIONS:
        of_kind = sorted((each for each in segments if each.label is label), key=lambda each: each.start_seconds)
        for segment in of_kind:
            last = merged[-1] if merged else None
            if last and last.label is label and segment.start_seconds - last.end_seconds <= limit:
                merged[-1] = _joined(last, segment)
            else:
                merged.append(segment)
    return sorted(merged, key=lambda segment: (segment.start_seconds, segment.label))


def _joined(first: Segment, second: Segment) -> Segment:
    return Segment(
        label=first.label,
        start_seconds=first.start_seconds,
        end_seconds=max(first.end_seconds, second.end_seconds),
        people=tuple(sorted({*first.people, *second.people})),
    )


def _runs(label: Label, sightings: Sequence[Sighting], limit: float) -> list[list[Sighting]]:
    """The sightings with this label, parted where too much time, or too much that says otherwise, lies between."""
    hits = [number for number, sighting in enumerate(sightings) if sighting.label is label]
    runs = [[sightings[number]] for number in hits[:1]]
    for before, after in pairwise(hits):
        between = sightings[before + 1 : after]
        contrary = sum(each.label is not Label.UNCERTAIN for each in between)  # what is uncertain says nothing
        is_gap = sightings[after].seconds - sightings[before].seconds > limit or contrary >= LEAST_HITS
        if is_gap:
            runs.append([])
        runs[-1].append(sightings[after])
    return runs


def _is_believed(label: Label, hits: Sequence[Sighting]) -> bool:
    if len(hits) >= LEAST_HITS:
        return True
    (hit,) = hits
    return hit.probabilities[CLASSES.index(label)] >= SURE and hit.score >= SURE_SCORE
