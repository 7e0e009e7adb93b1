"""`maskwatch bench statistics`, small, on SQLite: its year is what it says, and its questions agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.statistics import bench
from bench.statistics.questions import SLOW, answer, questions
from bench.statistics.year import QUICK_YEAR, fill

from common.adapters.open import open_repository
from common.domain.statistics import Statistics
from common.ports.repository import Repository
from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions

HOURS = 24 * QUICK_YEAR.days


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    path: Path = tmp_path_factory.mktemp("year") / "maskwatch.db"
    repository = open_repository(f"sqlite:///{path}")
    repository.upgrade()
    fill(repository, f"sqlite:///{path}", QUICK_YEAR)
    yield repository
    repository.close()


@pytest.fixture(scope="module")
def answers(filled: Repository) -> dict[str, list[Statistics]]:
    return {name: answer(filled, question) for name, question in questions(QUICK_YEAR).items()}


def test_every_grouping_counts_the_same(answers: dict[str, list[Statistics]]) -> None:
    alike = (
        "by_hour",
        "by_day",
        "by_day_in_shanghai",
        "by_day_in_berlin",
        "by_camera",
        "by_site",
        "ever_by_camera",
        "total",
        "by_weekday_hour_in_berlin",
    )
    assert (
        len({(sum(row.scheduled for row in answers[name]), sum(row.events for row in answers[name])) for name in alike})
        == 1
    )
    assert sum(row.events for row in answers["by_hour"]) > HOURS


def test_rows_are_as_many_as_there_are_places_and_times(answers: dict[str, list[Statistics]]) -> None:
    lengths = {name: len(rows) for name, rows in answers.items()}
    assert lengths["by_hour"] == lengths["of_camera_by_hour"] == HOURS
    assert lengths["by_day"] == QUICK_YEAR.days
    assert lengths["by_day_in_shanghai"] == QUICK_YEAR.days + 1  # its days begin and end within one of these
    assert lengths["by_camera"] == QUICK_YEAR.cameras
    assert lengths["by_zone"] == lengths["of_zone_by_camera"] == QUICK_YEAR.cameras // 2
    assert lengths["by_weekday_hour_in_berlin"] == lengths["of_zone_by_weekday_hour_in_berlin"] == 7 * 24
    assert lengths["total"] == lengths["of_site_total"] == 1
    assert lengths["month_by_hour"] <= 30 * 24


def test_every_question_is_a_figure_and_the_page_s_have_a_goal() -> None:
    report = bench(BenchOptions(settings=Settings(), is_quick=True, sections=("sqlite",)))
    assert {figure.name for figure in report.figures} == {
        *(f"sqlite.{name}" for name in questions(QUICK_YEAR)),
        "sqlite.slowest",
    }
    assert all(figure.value for figure in report.figures)
    assert [figure.name for figure in report.figures if not figure.goal] == [f"sqlite.{name}" for name in SLOW]
