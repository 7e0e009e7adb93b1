"""Statistics as the columns of a row, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from common.adapters.database.tables import faces_column, people_column, shots_column
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Statistics

WHOLE = ""  # the zone of what counts all of a camera's picture
SHOTS = tuple(shots_column(outcome) for outcome in Outcome)
FACES = tuple(faces_column(label) for label in Label)
PEOPLE = tuple(people_column(label) for label in Label)
SUMS = (*SHOTS, *FACES, *PEOPLE, "events", "alerts", "acknowledged", "reaction_seconds")  # all that is added up
_OUTCOMES, _LABELS = tuple(Outcome), tuple(Label)
_FACES, _PEOPLE = len(SHOTS), len(SHOTS) + len(FACES)  # where they begin in SUMS
_OTHERS = _PEOPLE + len(PEOPLE)


def hour_of(at: datetime) -> datetime:
    """The start of the hour that holds it."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(at: datetime) -> datetime:
    """The start of the UTC day that holds it."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def numbers_of(counted: Statistics) -> dict[str, Any]:
    """The values of SUMS, by column."""
    return {
        **{column: counted.shots.get(outcome, 0) for column, outcome in zip(SHOTS, Outcome, strict=True)},
        **{column: counted.faces.get(label, 0) for column, label in zip(FACES, Label, strict=True)},
        **{column: counted.people.get(label, 0) for column, label in zip(PEOPLE, Label, strict=True)},
        "events": counted.events,
        "alerts": counted.alerts,
        "acknowledged": counted.acknowledged,
        "reaction_seconds": counted.reaction_seconds,
    }


def from_numbers(
    sums: Sequence[Any],
    *,
    start: datetime | None = None,
    camera_id: str | None = None,
    site: str | None = None,
    zone: str | None = None,
) -> Statistics:
    """The opposite: `sums` in the order of SUMS; what is 0 is left out."""
    events, alerts, acknowledged, reaction_seconds = sums[_OTHERS:]
    return Statistics(
        start=start,
        camera_id=camera_id,
        site=site,
        zone=zone,
        shots={outcome: n for outcome, n in zip(_OUTCOMES, sums[:_FACES], strict=True) if n},
        faces={label: n for label, n in zip(_LABELS, sums[_FACES:_PEOPLE], strict=True) if n},
        people={label: n for label, n in zip(_LABELS, sums[_PEOPLE:_OTHERS], strict=True) if n},
        events=events,
        alerts=alerts,
        acknowledged=acknowledged,
        reaction_seconds=reaction_seconds,
    )
