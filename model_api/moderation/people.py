"""Tracks -> the people of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from common.domain.prediction import Label
from model_api.moderation.portraits import Portraits
from model_api.moderation.report import Person
from model_api.moderation.segments import SURE_SCORE, VIOLATIONS, segments_of
from model_api.moderation.tracker import Track
from model_api.moderation.votes import vote

LEAST_SIGHTINGS = 2  # of a person, unless the detector was sure of the one


def people_of(
    tracks: Sequence[Track], portraits: Portraits, *, every_seconds: float, ends: Sequence[float]
) -> list[tuple[Track, Person]]:
    """The people, numbered anew, each with where they were seen.

    Left out are faces seen once that the detector was unsure of: most of them are none.
    """
    confirmed = [track for track in tracks if _is_confirmed(track)]
    return [
        (track, _person(number, track, portraits, every_seconds=every_seconds, ends=ends))
        for number, track in enumerate(confirmed, start=1)
    ]


def _is_confirmed(track: Track) -> bool:
    return len(track.sightings) >= LEAST_SIGHTINGS or track.last.score >= SURE_SCORE


def _person(number: int, track: Track, portraits: Portraits, *, every_seconds: float, ends: Sequence[float]) -> Person:
    voted, probabilities = vote(track.sightings)
    counts = Counter(sighting.label for sighting in track.sightings)
    segments = segments_of(number, track.sightings, every_seconds=every_seconds, ends=ends)
    # What is too little for a segment is too little to say of somebody: a report must not count one person without a
    # mask, and then nobody at any time.
    is_shown = voted not in VIOLATIONS or any(segment.label is voted for segment in segments)
    label = voted if is_shown else Label.UNCERTAIN
    shown = label if label in VIOLATIONS or not segments else segments[0].label  # what the report is about
    return Person(
        id=number,
        label=label,
        probabilities=probabilities,
        sightings=len(track.sightings),
        counts={each.value: counts[each] for each in Label},
        first_seconds=track.sightings[0].seconds,
        last_seconds=track.last.seconds,
        segments=tuple(segments),
        portrait=portraits.of(track, shown),
    )
