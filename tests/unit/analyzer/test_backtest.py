"""A rule tried on stored predictions, beside what really happened to them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from past import pasts
from pictures import BARE, MASKED, START, at, make_camera, make_prediction, make_rule

from analyzer.backtest import run as running
from analyzer.backtest.run import run_backtest
from analyzer.evaluation import record_predictions
from analyzer.sweep import end_stale_events
from common.adapters.open import open_repository
from common.domain.backtest import Backtest
from common.domain.prediction import Prediction
from common.domain.rule import Condition, Rule, Trouble
from common.domain.schedule import Schedule, Window
from common.errors import InvalidInput
from common.ports.repository import Repository

DAY = 86_400
END = at(7 * DAY)
RULE = make_rule(for_seconds=4, keep_firing_seconds=4)


@pytest.fixture
def url(tmp_path: Path, repository: Repository) -> str:
    with repository.begin() as unit:
        for camera_id in ("door", "till"):
            unit.cameras.add(make_camera(id=camera_id, name=camera_id, tags=(camera_id,)))
    return f"sqlite:///{tmp_path}/maskwatch.db"


def keep(repository: Repository, *predictions: Prediction) -> None:
    with repository.begin() as unit:
        unit.predictions.add_many(predictions)


def bare_for(start: float, seconds: float, *, people: int = 1, camera_id: str = "door") -> list[Prediction]:
    """People without a mask, every 2 s, then nobody."""
    here = [make_prediction(start + 2 * n, *[BARE] * people, camera_id=camera_id) for n in range(int(seconds / 2) + 1)]
    gone = [make_prediction(start + seconds + 2 * n, camera_id=camera_id) for n in range(1, 15)]
    return [*here, *gone]


def tried(url: str, rule: Rule = RULE, **options: object) -> Backtest:
    wanted = {"start": START, "end": END, **options}
    return run_backtest(rule, open_repository=partial(open_repository, url), **wanted)


def test_when_how_long_how_many_and_which_messages(url: str, repository: Repository) -> None:
    keep(repository, *bare_for(0, 20, people=2), *bare_for(DAY, 10), *bare_for(DAY, 6, camera_id="till"))
    found = tried(url)
    assert (found.pictures, found.cameras, found.fired, found.people) == (25 + 20 + 18, 2, 3, 2)
    assert [(one.camera_id, one.resolved_at, one.people) for one in found.firings] == [
        ("door", at(24), 2),
        ("door", at(DAY + 14), 1),
        ("till", at(DAY + 10), 1),
    ]
    seconds = [one.seconds for one in found.firings]
    assert found.seconds == sum(seconds)
    assert {kind.value: number for kind, number in found.messages.items()} == {"firing": 3, "resolved": 3}
    days = [(day.day, day.fired, day.seconds, day.people, day.messages) for day in found.days if day.fired]
    assert days == [(date(2026, 3, 2), 1, seconds[0], 2, 2), (date(2026, 3, 3), 2, sum(seconds[1:]), 1, 4)]
    assert len(found.days) == 8


def test_only_the_time_and_the_cameras_that_are_asked_for(url: str, repository: Repository) -> None:
    keep(repository, *bare_for(0, 20), *bare_for(DAY, 10), *bare_for(DAY, 6, camera_id="till"))
    assert tried(url, start=at(DAY)).fired == 2
    assert tried(url, end=at(DAY)).fired == 1
    assert tried(url, camera_ids=["till"]).fired == 1
    assert tried(url, make_rule(tags=("till",))).cameras == 1
    assert tried(url, make_rule(sites=("nowhere",))).pictures == 0


def test_days_are_those_of_the_schedule_and_what_lies_outside_of_it_does_not_fire(
    url: str, repository: Repository
) -> None:
    keep(repository, *bare_for(-6 * 3600, 20), *bare_for(0, 20))
    hours = Schedule(windows=(Window(days=("mon",), start=time(16), end=time(18)),), timezone="Asia/Shanghai")
    found = tried(url, make_rule(schedule=hours), start=at(-DAY))
    assert [one.resolved_at for one in found.firings] == [at(24)]
    assert [day.day for day in found.days if day.fired] == [date(2026, 3, 2)]


@pytest.mark.parametrize("page", [1, 3, 7])
def test_pages_leave_nothing_out(url: str, repository: Repository, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    same = [make_prediction(100, BARE, snapshot_id=f"door-{n}") for n in range(5)]  # all of one moment
    keep(repository, *bare_for(0, 20), *same, *bare_for(104, 10))
    whole = tried(url)
    monkeypatch.setattr(running, "PAGE", page)
    seen = []
    assert tried(url, on_progress=lambda done, total: seen.append((done, total))) == whole
    assert whole.pictures == 25 + 5 + 20
    assert seen[-1] == (50, 50)


def test_processes_find_the_same(url: str, repository: Repository) -> None:
    keep(repository, *bare_for(0, 20), *bare_for(DAY, 6, camera_id="till"))
    seen = []
    assert tried(url, workers=2, on_progress=lambda done, total: seen.append((done, total))) == tried(url)
    assert seen[-1] == (43, 43)


class _Enough(Exception):
    """Nobody waits any more."""


@pytest.mark.parametrize("workers", [1, 2])
def test_who_is_told_of_the_progress_may_end_it(url: str, repository: Repository, workers: int) -> None:
    keep(repository, *bare_for(0, 20), *bare_for(DAY, 6, camera_id="till"))

    def enough(_done: int, _all: int) -> None:
        raise _Enough

    with pytest.raises(_Enough):
        tried(url, workers=workers, on_progress=enough)


def test_a_rule_that_fires_all_the_time_is_stopped(
    url: str, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_TOLD", 0)
    monkeypatch.setattr(running, "LEAST_TOLD", 4)
    keep(repository, *[each for n in range(5) for each in bare_for(1000 * n, 20)])
    found = tried(url)
    assert (found.fired, found.is_complete) == (2, False)


def test_a_rule_about_trouble_cannot_be_tried(url: str) -> None:
    with pytest.raises(InvalidInput, match="looks at no pictures"):
        tried(url, make_rule(condition=Condition(trouble=Trouble.CAMERA_DOWN)))


def test_a_password_of_the_database_is_in_no_repr(url: str, repository: Repository) -> None:
    keep(repository, make_prediction(0, MASKED))
    assert "sqlite" not in repr(tried(url))


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A database with a camera and a rule, to be copied."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "maskwatch.db"
        made = open_repository(f"sqlite:///{path}")
        made.upgrade()
        with made.begin() as unit:
            unit.cameras.add(make_camera())
            unit.rules.add(RULE)
        made.close()
        yield path


@settings(max_examples=15, deadline=None)
@given(past=pasts(most=25))
def test_what_would_have_fired_is_what_fired(template: Path, past: list[Prediction]) -> None:
    with TemporaryDirectory() as folder:
        lived, found = _both(f"sqlite:///{shutil.copy(template, folder)}", past)
    assert found == lived


def _both(url: str, past: list[Prediction]) -> tuple[list[object], list[object]]:
    """What fired while the pictures came, and what a back-test says afterwards."""
    repository = open_repository(url)
    for first in range(0, len(past), 5):
        with repository.begin() as unit:
            record_predictions(unit, past[first : first + 5], now=END)
    with repository.begin() as unit:
        end_stale_events(unit, seen_until=END, now=at(8 * DAY))
        fired = [event for event in unit.events.list(limit=1000) if event.fired_at is not None]
    repository.close()
    lived = [(one.fired_at, one.resolved_at, one.peak_count, one.snapshot_id, one.reason) for one in reversed(fired)]
    found = tried(url).firings
    return lived, [(one.fired_at, one.resolved_at, one.people, one.snapshot_id, one.reason) for one in found]
