"""`maskwatch bench statistics`: what the statistics page asks, of a year of 100 cameras, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.statistics.questions import SLOW, ask
from bench.statistics.year import QUICK_YEAR, YEAR, Year, fill
from common.adapters.open import open_repository
from common.ports.repository import Repository
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report, below
from maskwatch.cli.bench import CHECKOUT

GOALS = {"sqlite": 1000.0, "postgresql": 200.0}  # ms, of every query of the page
NO_SERVERS = "needs the real servers: deploy/dev/services up"


def bench(options: BenchOptions) -> Report:
    """Milliseconds of each query, with the values made of its rows."""
    year = QUICK_YEAR if options.is_quick else YEAR
    figures: list[Figure] = []
    for name, goal in GOALS.items():
        if options.takes(name):
            options.say(f"statistics: {year.rows:,} rows for {name} …")
            figures += _measure(name, goal, year, options)
    return Report(name="statistics", figures=tuple(figures))


def _measure(name: str, goal: float, year: Year, options: BenchOptions) -> list[Figure]:
    with _url(name) as url:
        if url is None:
            return [Figure(name=name, value=None, unit="", how=NO_SERVERS)]
        repository = open_repository(url)
        try:
            repository.upgrade()
            fill(repository, url, year)
            return _figures(name, goal, repository, year, options.repeats)
        finally:
            repository.close()


def _figures(name: str, goal: float, repository: Repository, year: Year, repeats: int) -> list[Figure]:
    answers = ask(repository, year, repeats=repeats)
    how = f"{year}; median of {repeats}"
    figures = [
        Figure(
            name=f"{name}.{each.name}",
            value=each.milliseconds,
            unit="ms",
            how=f"{how}; {each.rows} rows",
            goal=None if each.name in SLOW else below(goal),
        )
        for each in answers
    ]
    slowest = max(each.milliseconds for each in answers if each.name not in SLOW)
    return [*figures, Figure(name=f"{name}.slowest", value=slowest, unit="ms", how=how, goal=below(goal))]


@contextmanager
def _url(name: str) -> Iterator[str | None]:
    """Of an empty database; None without a server."""
    if name == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/maskwatch.db"
        return
    status = Path(CHECKOUT / ".dev" / "services.json")
    if not status.exists():
        yield None
        return
    from real_servers import own_database

    with own_database(json.loads(status.read_text(encoding="ascii"))) as url:
        yield url
