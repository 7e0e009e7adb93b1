"""Any order, any batches, duplicates, crashes and sweeps: the same history as of the pictures one by one in order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import BARE, MASKED, START, UNSURE, at, make_camera, make_face, make_prediction, make_rule

from analyzer.evaluation import record_predictions
from analyzer.history.state import LATE
from analyzer.sweep import end_stale_events
from common.adapters.open import open_repository
from common.domain.camera import Zone
from common.domain.prediction import Label, Prediction
from common.domain.rule import Condition
from common.domain.statistics import Grouping
from common.ports.repository import Repository, Unit

CAMERAS = ("door", "till")
RULES = (
    make_rule(id="at once", name="At once", for_seconds=0, keep_firing_seconds=0),
    make_rule(id="patient", name="Patient", for_seconds=10, keep_firing_seconds=30),
    make_rule(id="left", name="Left", zone="left", for_seconds=5, keep_firing_seconds=5),
    make_rule(id="two", name="Two", condition=Condition(count_at_least=2), for_seconds=0, keep_firing_seconds=5),
)
LEFT = Zone(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
WHOLE = Zone(name="all", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
PLACES = ((10, 30, 40, 60), (80, 30, 110, 60), (150, 30, 180, 60))
END = at(100_000)
MOST_LATE = LATE.total_seconds() - 1


@dataclass(frozen=True, kw_only=True)
class Story:
    """Pictures in the order of capture, and how they arrive: batches, which of them fail at first, sweeps between."""

    pictures: Sequence[Prediction]
    batches: Sequence[Sequence[Prediction]]
    crashes: Sequence[bool]
    sweeps: Sequence[bool]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    seconds, pictures = 0.0, []
    for number in range(draw(st.integers(1, 25))):
        seconds += draw(st.sampled_from([0.0, 2.0, 2.0, 5.0, 5.0, 5.0, 20.0, 70.0, 130.0]))
        labels = draw(st.lists(st.sampled_from([None, BARE, BARE, BARE, MASKED, UNSURE]), min_size=3, max_size=3))
        pictures.append(picture(number, seconds, draw(st.sampled_from(CAMERAS)), labels))
    delays = st.floats(0, MOST_LATE)
    copies = [(each, draw(delays)) for each in pictures for _ in range(draw(st.integers(1, 2)))]
    arriving = [each for each, _ in sorted(copies, key=lambda one: one[0].captured_at + timedelta(seconds=one[1]))]
    batches = []
    while arriving:
        size = draw(st.integers(1, 6))
        batches.append(arriving[:size])
        arriving = arriving[size:]
    flags = st.lists(st.booleans(), min_size=len(batches), max_size=len(batches))
    return Story(pictures=pictures, batches=batches, crashes=draw(flags), sweeps=draw(flags))


def picture(number: int, seconds: float, camera_id: str, labels: Sequence[Label | None]) -> Prediction:
    faces = tuple(make_face(label, box) for label, box in zip(labels, PLACES, strict=True) if label is not None)
    taken = make_prediction(seconds, camera_id=camera_id, faces=faces)
    return replace(taken, snapshot_id=f"{camera_id}-{number * 7 % 30:02}")  # pictures of a moment are not in order


class Crash(Exception):
    """The process dies before the commit."""


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A database with cameras and rules, to be copied."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "maskwatch.db"
        repository = open_repository(f"sqlite:///{path}")
        repository.upgrade()
        with repository.begin() as unit:
            for camera_id in CAMERAS:
                unit.cameras.add(make_camera(id=camera_id, name=camera_id, zones=(LEFT, WHOLE)))
            for rule in RULES:
                unit.rules.add(rule)
        repository.close()
        yield path


@contextmanager
def replicas(template: Path) -> Iterator[tuple[Repository, Repository]]:
    """Two that share a database."""
    with TemporaryDirectory() as folder:
        path = shutil.copy(template, folder)
        both = (open_repository(f"sqlite:///{path}"), open_repository(f"sqlite:///{path}"))
        yield both
        for repository in both:
            repository.close()


def sweep(repository: Repository) -> None:
    with repository.begin() as unit:
        end_stale_events(unit, seen_until=END, now=END)


def arrive(template: Path, story: Story) -> dict[str, object]:
    with replicas(template) as both:
        for number, batch in enumerate(story.batches):
            replica = both[number % 2]
            if story.crashes[number]:
                with suppress(Crash), both[1 - number % 2].begin() as unit:
                    record_predictions(unit, batch, now=START)
                    raise Crash
            with replica.begin() as unit:
                record_predictions(unit, batch, now=START)
            if story.sweeps[number]:  # for which all cameras have been silent for a day
                sweep(replica)
        sweep(both[0])
        return told(both[0])


def one_by_one(template: Path, story: Story) -> dict[str, object]:
    with replicas(template) as (repository, _):
        for each in sorted(story.pictures, key=lambda one: (one.captured_at, one.snapshot_id)):
            with repository.begin() as unit:
                record_predictions(unit, [each], now=START)
        sweep(repository)
        return told(repository)


def told(repository: Repository) -> dict[str, object]:
    with repository.begin() as unit:
        return {
            "events": sorted(unit.events.list(limit=1000), key=lambda event: event.id),
            "sightings": unit.sightings.list(limit=1000),
            "alerts": alerts(unit),
            "statistics": [unit.statistics.query(by=by) for by in (Grouping.HOUR, Grouping.CAMERA)],
        }


def alerts(unit: Unit) -> list[tuple[object, ...]]:
    found = [alert for alert in unit.alerts.list(limit=1000) if alert.reason != "withdrawn"]
    return sorted(
        (each.id, each.state, each.fired_at, each.resolved_at, each.snapshot_id, each.count, each.summary, each.reason)
        for each in found
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(stories())
def test_any_arrival_within_the_bound_tells_the_same_history(template: Path, story: Story) -> None:
    assert arrive(template, story) == one_by_one(template, story)
