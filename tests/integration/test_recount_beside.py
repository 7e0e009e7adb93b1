"""Statistics are recounted while others count: nothing is lost, nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from analyzer.accounting import record_shots
from analyzer.recount import Recount
from common.adapters.open import open_repository
from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot, shot_id
from common.domain.statistics import Grouping
from common.ports.repository import Repository

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
SHOTS = 100


@pytest.fixture
def repository(fresh_postgres_url: str) -> Iterator[Repository]:
    """Of PostgreSQL: SQLite lets one at a time write, as a whole."""
    opened = open_repository(fresh_postgres_url)
    opened.upgrade()
    with opened.begin() as unit:
        unit.cameras.add(Camera(id="door", name="Door", url="rtsp://door.example/", created_at=NINE, retention_days=1))
    yield opened
    opened.close()


@pytest.mark.services
def test_nothing_is_lost_or_counted_twice(repository: Repository) -> None:
    def record(number: int) -> None:
        at = NINE + timedelta(seconds=number)
        for outcome in (Outcome.TAKEN, Outcome.EXPIRED):
            with repository.begin() as unit:
                shot = Shot(id=shot_id("door", at), camera_id="door", scheduled_at=at, outcome=outcome)
                record_shots(unit, [shot])

    def recount() -> int:
        return len(Recount(repository=repository, clock=lambda: NOON).run(start=NINE).changes)

    record(0)  # the hour has its row: shots that come so late as here come to hours that have one
    changes = []
    with ThreadPoolExecutor(3) as pool:
        recorded = [pool.submit(record, number) for number in range(1, SHOTS)]
        while not all(each.done() for each in recorded):
            changes.append(recount())
        for each in recorded:
            each.result()
    assert changes
    assert not any(changes)
    with repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
        assert row.shots == {Outcome.EXPIRED: SHOTS}
        assert unit.statistics.mend() == 0
