"""Statistics, on every repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from repository_values import (
    HOUR,
    MINUTE,
    NOON,
)

from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping, Statistics
from common.ports.repository import Repository


class TestStatistics:
    def test_counts_add_up_per_camera_and_hour(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.statistics.add("cam", NOON, shots={Outcome.TAKEN: 1})
            unit.statistics.add("cam", NOON + MINUTE, shots={Outcome.TAKEN: -1, Outcome.PREDICTED: 1})
            unit.statistics.add("cam", NOON, faces={Label.NO_MASK: 2, Label.UNCERTAIN: 1}, alerts=1)
            unit.statistics.add("other", NOON, shots={Outcome.FAILED: 3})
            unit.statistics.add("cam", NOON + 12 * HOUR, shots={Outcome.PREDICTED: 5})
            unit.statistics.add("cam", NOON)
        hour = NOON.replace(minute=0, second=0, microsecond=0)
        day = hour.replace(hour=0)
        faces = {Label.NO_MASK: 2, Label.UNCERTAIN: 1}
        both = {Outcome.PREDICTED: 1, Outcome.FAILED: 3}
        with repository.begin() as unit:
            assert unit.statistics.query(by=Grouping.HOUR) == [
                Statistics(start=hour, shots=both, faces=faces, alerts=1),
                Statistics(start=hour + 12 * HOUR, shots={Outcome.PREDICTED: 5}),
            ]
            assert unit.statistics.query(by=Grouping.DAY, end=hour + HOUR) == [
                Statistics(start=day, shots=both, faces=faces, alerts=1)
            ]
            assert unit.statistics.query(by=Grouping.DAY, start=hour + HOUR) == [
                Statistics(start=day + 24 * HOUR, shots={Outcome.PREDICTED: 5})
            ]
            assert unit.statistics.query(by=Grouping.CAMERA) == [
                Statistics(camera_id="cam", shots={Outcome.PREDICTED: 6}, faces=faces, alerts=1),
                Statistics(camera_id="other", shots={Outcome.FAILED: 3}),
            ]
            assert unit.statistics.query(by=Grouping.HOUR, camera_id="other") == [
                Statistics(start=hour, camera_id="other", shots={Outcome.FAILED: 3})
            ]
            assert unit.statistics.query(by=Grouping.HOUR, camera_id="never") == []

    def test_many_at_once_lose_no_count(self, repository: Repository) -> None:
        def count(_number: int) -> None:
            with repository.begin() as unit:
                unit.statistics.add("cam", NOON, shots={Outcome.PREDICTED: 1}, faces={Label.NO_MASK: 2})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(count, range(40)))
        with repository.begin() as unit:
            (row,) = unit.statistics.query(by=Grouping.CAMERA)
        assert (row.shots, row.faces) == ({Outcome.PREDICTED: 40}, {Label.NO_MASK: 80})
