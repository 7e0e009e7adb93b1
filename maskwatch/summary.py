"""What a run of `maskwatch up` did, from the database alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.alert import AlertState
from common.domain.prediction import Label
from common.domain.shot import Outcome, Shot
from common.ports.clock import utc_now
from common.ports.repository import Repository

EVERYTHING = 10_000_000  # more rows than any run writes
PAGE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of one run."""

    shots: Counter[Outcome]
    faces: Counter[Label]
    people: Counter[Label]
    events: int
    alerts_fired: int
    alerts_resolved: int
    ages: tuple[float, ...]  # seconds from capture to prediction, ascending

    @property
    def lost(self) -> int:
        """Snapshots that were taken and never came to an end."""
        return self.shots[Outcome.TAKEN]

    @property
    def taken(self) -> int:
        """Snapshots that were stored, whatever became of them then."""
        return sum(self.shots[outcome] for outcome in _WITH_PICTURE)

    @property
    def age_p95(self) -> float | None:
        """Seconds; None without a prediction."""
        return self.ages[min(len(self.ages) - 1, int(0.95 * len(self.ages)))] if self.ages else None

    @property
    def is_success(self) -> bool:
        """Whether the main job really ran: taken, predicted, alerted, none lost."""
        return self.shots[Outcome.PREDICTED] > 0 and self.alerts_fired > 0 and self.lost == 0

    def lines(self) -> list[str]:
        """For people."""
        age = "-" if self.age_p95 is None else f"{self.age_p95:.2f} s"
        others = ", ".join(f"{self.shots[o]} {o.value}" for o in Outcome if o not in _COUNTED and self.shots[o])
        return [
            f"snapshots  {self.taken} taken, {self.shots[Outcome.PREDICTED]} processed, {self.lost} lost"
            + (f"; shots not observed: {others}" if others else ""),
            f"faces      {', '.join(f'{self.faces[label]} {label.value}' for label in Label)}",
            f"people     {', '.join(f'{self.people[label]} {label.value}' for label in Label)}",
            f"events     {self.events}",
            f"alerts     {self.alerts_fired} fired, {self.alerts_resolved} resolved",
            f"p95 age    {age} from capture to prediction",
        ]


_COUNTED = (Outcome.TAKEN, Outcome.PREDICTED)
_WITH_PICTURE = (Outcome.TAKEN, Outcome.PREDICTED, Outcome.EXPIRED, Outcome.DEAD_LETTERED)


def summarize(repository: Repository, *, since: datetime) -> Summary:
    """The figures of everything scheduled at or after `since`, read page by page: a run may last for weeks."""
    shots: Counter[Outcome] = Counter()
    faces: Counter[Label] = Counter()
    ages: list[float] = []
    for page in _pages(repository, since):
        shots.update(shot.outcome for shot in page)
        with repository.begin() as unit:
            found = unit.predictions.get_many([shot.id for shot in page if shot.outcome is Outcome.PREDICTED])
        for prediction in found.values():
            faces.update(prediction.count())
            ages.append((prediction.predicted_at - prediction.captured_at).total_seconds())
    with repository.begin() as unit:
        alerts = unit.alerts.list(after=since, limit=EVERYTHING)
        people = Counter(seen.label for seen in unit.sightings.list(after=since, limit=EVERYTHING))
        events = len(unit.events.list(after=since, limit=EVERYTHING))
    return Summary(
        shots=shots,
        faces=faces,
        people=people,
        events=events,
        alerts_fired=len(alerts),
        alerts_resolved=sum(alert.state is AlertState.RESOLVED for alert in alerts),
        ages=tuple(sorted(ages)),
    )


def _pages(repository: Repository, since: datetime) -> Iterator[list[Shot]]:
    """All shots from `since` on, each once, an hour at a time."""
    start = since
    while start <= utc_now():
        end = start + PAGE
        with repository.begin() as unit:
            page = unit.shots.list(after=start, before=end, limit=EVERYTHING)
        yield page
        start = end
