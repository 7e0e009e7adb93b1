"""What the analyzer asks of PostgreSQL for each shot: counted at the driver, weighed on the server's disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from real_servers import own_database
from sqlalchemy import Engine, create_engine, event, text

from analyzer.accounting import record_shots
from analyzer.evaluation import record_predictions
from bench.timing import median
from bench.units.samples import CAMERAS, camera, prediction, shot
from common.adapters.open import open_repository
from common.domain.rule import Rule
from common.ports.clock import utc_now
from common.ports.repository import Repository
from maskwatch.benchmarks.report import Figure

FACES = 2
READ_CAMERAS, READS = 1000, 5
TABLES = ("shots", "predictions")
TOGETHER = 10  # shots in one transaction, and their predictions in another: a camera's each; up to 64 when many wait
HOW = f"PostgreSQL; {TOGETHER} shots taken, then their predictions of two faces under one rule that does not fire"


def measure_database(status: Mapping[str, str], *, shots: int) -> list[Figure]:
    """Record so many shots, each with its prediction, as the analyzer does."""
    with own_database(dict(status)) as url:
        repository = open_repository(url)
        try:
            _prepare(repository)
            engine = create_engine(url)
            try:
                return [*_figures(repository, engine, shots), *_reading(repository)]
            finally:
                engine.dispose()
        finally:
            repository.close()


def _figures(repository: Repository, engine: Engine, shots: int) -> list[Figure]:
    _record(repository, range(TOGETHER))  # connects, and makes the hour's rows
    wal, sizes = _wal(engine), _sizes(engine)
    began = time.process_time()
    with _counted() as statements:
        batches = [range(first, first + TOGETHER) for first in range(TOGETHER, TOGETHER + shots, TOGETHER)]
        spent = [1000 * _seconds(lambda some=batch: _record(repository, some)) / TOGETHER for batch in batches]
    cpu = 1000 * (time.process_time() - began) / shots
    grown = {table: (size - sizes[table]) / shots for table, size in _sizes(engine).items()}
    how = f"{HOW}; mean of {shots}"
    return [
        Figure(name="database.statements", value=statements[0] / shots, unit="a shot", how=how),
        Figure(name="database.time", value=median(spent), unit="ms a shot", how=f"{HOW}; median, one connection"),
        Figure(
            name="database.wal", value=(_wal(engine) - wal) / shots, unit="bytes a shot", how=f"{how}; whole server"
        ),
        Figure(name="analyzer.cpu", value=cpu, unit="ms a shot", how=f"{how}; without decoding the messages"),
        *(
            Figure(name=f"database.{table}", value=size, unit="bytes a row", how=f"{how}; with its indexes")
            for table, size in grown.items()
        ),
    ]


def _reading(repository: Repository) -> list[Figure]:
    """What each grabber does every second, and after each change of a camera."""
    with repository.begin() as unit:
        for number in range(CAMERAS, READ_CAMERAS):
            unit.cameras.add(camera(number))
    return [
        _read("grabber.see_cameras", lambda: _see(repository), f"asks whether any of {READ_CAMERAS} cameras changed"),
        _read("grabber.read_cameras", lambda: _list(repository), f"reads {READ_CAMERAS} cameras, once one has changed"),
    ]


def _read(name: str, work: Callable[[], object], what: str) -> Figure:
    value = median(1000 * _cpu_seconds(work) for _ in range(READS))
    return Figure(name=name, value=value, unit="ms", how=f"CPU of a grabber that {what}; median of {READS}")


def _see(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.cameras.version()


def _list(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.cameras.list(enabled=True)


def _prepare(repository: Repository) -> None:
    repository.upgrade()
    with repository.begin() as unit:
        for number in range(CAMERAS):
            unit.cameras.add(camera(number))
        unit.rules.add(Rule(id="rule", name="No mask"))


def _record(repository: Repository, numbers: Sequence[int]) -> None:
    with repository.begin() as unit:
        record_shots(unit, [shot(number) for number in numbers])
    with repository.begin() as unit:
        record_predictions(unit, [prediction(number, faces=FACES) for number in numbers], now=utc_now())


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@contextmanager
def _counted() -> Iterator[list[int]]:
    """Statements of every engine meanwhile; BEGIN and COMMIT are not among them."""
    statements = [0]

    def add(*_: Any) -> None:
        statements[0] += 1

    event.listen(Engine, "before_cursor_execute", add)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", add)


def _wal(engine: Engine) -> int:
    """Bytes written ahead so far, by everybody on that server."""
    return int(_scalar(engine, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"))


def _sizes(engine: Engine) -> dict[str, int]:
    return {table: int(_scalar(engine, f"SELECT pg_total_relation_size('{table}')")) for table in TABLES}


def _scalar(engine: Engine, query: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()
