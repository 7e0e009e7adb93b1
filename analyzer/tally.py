"""What a batch adds to the statistics, gathered so that each row is moved once."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Statistics
from common.ports.repository import Unit

WHOLE = ""  # the zone of a camera's row that counts all of it


@dataclass(kw_only=True)
class Counts:
    """Of one row."""

    shots: Counter[Outcome] = field(default_factory=Counter)
    faces: Counter[Label] = field(default_factory=Counter)
    people: Counter[Label] = field(default_factory=Counter)
    alerts: int = 0
    acknowledged: int = 0
    reaction_seconds: float = 0.0


class Tally:
    """Numbers to add, also negative ones, by camera, zone and hour."""

    def __init__(self) -> None:
        self._rows: defaultdict[tuple[str, str, datetime], Counts] = defaultdict(Counts)

    def row(self, camera_id: str, at: datetime, zone: str = WHOLE) -> Counts:
        """The numbers of the hour that holds `at`, to be changed."""
        return self._rows[camera_id, zone, at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)]

    def write(self, unit: Unit) -> None:
        """Add them in the database."""
        unit.statistics.add_many(self.rows())

    def rows(self) -> list[Statistics]:
        """All that was gathered."""
        return [
            Statistics(
                start=hour,
                camera_id=camera_id,
                zone=zone,
                shots=dict(counts.shots),
                faces=dict(counts.faces),
                people=dict(counts.people),
                events=counts.alerts,  # each event that fired is an alert
                alerts=counts.alerts,
                acknowledged=counts.acknowledged,
                reaction_seconds=counts.reaction_seconds,
            )
            for (camera_id, zone, hour), counts in self._rows.items()
        ]
