"""`maskwatch bench backtest`: how long it takes to try a rule on a million stored predictions."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from real_servers import own_database

from analyzer.backtest.run import run_backtest
from bench.backtest.past import INTERVAL_SECONDS, START, write_past
from common.adapters.open import open_repository
from common.domain.backtest import Backtest
from common.domain.rule import Rule
from maskwatch.benchmarks.environment import usable_cores
from maskwatch.benchmarks.options import BenchOptions
from maskwatch.benchmarks.report import Figure, Report, below
from maskwatch.cli.bench import CHECKOUT

CAMERAS, PICTURES = 10, 100_000
QUICK_CAMERAS, QUICK_PICTURES = 2, 1500
FEW, MANY = 0.05, 1.0  # share of people without a mask: of a shop with a rule, and the worst case
MILLION_SECONDS = 30.0
RULE = Rule(id="rule", name="No mask")


def bench(options: BenchOptions) -> Report:
    """A shop's week on SQLite and, where the servers are up, on PostgreSQL; and two cameras with everybody bare."""
    cameras, pictures = (QUICK_CAMERAS, QUICK_PICTURES) if options.is_quick else (CAMERAS, PICTURES)
    figures: list[Figure] = []
    if options.takes("sqlite"):
        with _sqlite() as url:
            options.say(f"backtest: SQLite, {cameras} x {pictures:,} predictions …")
            figures += _measure("sqlite", url, cameras, pictures, FEW, is_whole=not options.is_quick)
    if options.takes("all_bare"):
        with _sqlite() as url:
            options.say("backtest: everybody without a mask …")
            figures += _measure("all_bare", url, min(cameras, 2), pictures // 2, MANY, is_whole=False)
    status = CHECKOUT / ".dev" / "services.json"
    if options.takes("postgresql") and status.exists():
        with own_database(json.loads(status.read_text(encoding="ascii"))) as url:
            options.say(f"backtest: PostgreSQL, {cameras} x {pictures:,} predictions …")
            figures += _measure("postgresql", url, cameras, pictures, FEW, is_whole=not options.is_quick)
    return Report(name="backtest", figures=tuple(figures))


@contextmanager
def _sqlite() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'maskwatch.db'}"


def _measure(name: str, url: str, cameras: int, pictures: int, bare: float, *, is_whole: bool) -> list[Figure]:
    repository = open_repository(url)
    try:
        write_past(repository, url, cameras=cameras, pictures=pictures, bare=bare)
    finally:
        repository.close()
    began, spent = time.perf_counter(), _cpu_seconds()
    found = _try(url, pictures)
    seconds, spent = time.perf_counter() - began, _cpu_seconds() - spent
    how = (
        f"{found.pictures:,} predictions of {cameras} cameras, {bare:.0%} of the people without a mask; "
        f"{usable_cores()} cores; fired {found.fired:,} times, {sum(found.messages.values()):,} messages"
    )
    goal = below(MILLION_SECONDS) if is_whole else None
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return [
        Figure(name=f"{name}.time", value=seconds, unit="s", how=how, goal=goal),
        Figure(name=f"{name}.cpu", value=spent, unit="s", how=f"{how}; all processes, without the server's"),
        Figure(name=f"{name}.pace", value=found.pictures / seconds, unit="predictions/s", how=how),
        Figure(name=f"{name}.memory", value=largest / 1024, unit="MB", how="of the largest process until now"),
    ]


def _cpu_seconds() -> float:
    """Of this process and those that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _try(url: str, pictures: int) -> Backtest:
    end = START + timedelta(seconds=pictures * INTERVAL_SECONDS)
    return run_backtest(RULE, open_repository=partial(open_repository, url), start=START, end=end)
