"""Statistics, on every repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from repository_values import (
    BARE_CAMERA,
    HOUR,
    MINUTE,
    NOON,
)
from sqlalchemy import create_engine, text

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

    def test_days_begin_at_midnight_of_the_time_zone_also_when_its_clocks_are_changed(
        self, repository: Repository
    ) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        hours = [datetime(2026, 3, 27, 22, tzinfo=UTC) + number * HOUR for number in range(72)]
        with repository.begin() as unit:
            for hour in hours:
                unit.statistics.add("cam", hour, events=1)
        asked = {"by": Grouping.DAY, "timezone": berlin}
        with repository.begin() as unit:
            days = unit.statistics.query(**asked)
            assert unit.statistics.query(start=hours[0], end=hours[-1] + HOUR, **asked) == days
            assert unit.statistics.query(camera_id="cam", **asked)[1].events == 24
        expected = {27: 1, 28: 24, 29: 23, 30: 24}  # an hour is missing on 29 March 2026
        assert {row.start.day: row.events for row in days if row.start} == expected
        assert [row.start for row in days] == [datetime(2026, 3, day, tzinfo=berlin) for day in expected]

    def test_days_and_hours_together_are_the_span_to_the_hour(self, repository: Repository) -> None:
        hours = [datetime(2026, 3, 1, tzinfo=UTC) + number * HOUR for number in range(96)]
        with repository.begin() as unit:
            for hour in hours:
                unit.statistics.add("cam", hour, events=1)
            for first, last in [(0, 96), (0, 95), (1, 96), (5, 7), (5, 24), (24, 48), (20, 70), (23, 25)]:
                end = hours[0] + last * HOUR
                [row] = unit.statistics.query(by=Grouping.CAMERA, start=hours[first], end=end)
                assert row.events == last - first, (first, last)
                days = unit.statistics.query(by=Grouping.DAY, camera_id="cam", start=hours[first], end=end)
                assert sum(row.events for row in days) == last - first
                assert days == unit.statistics.query(
                    by=Grouping.DAY, camera_id="cam", start=hours[first], end=end, timezone=ZoneInfo("Africa/Abidjan")
                )
            assert unit.statistics.query(by=Grouping.CAMERA, end=hours[30])[0].events == 30
            assert unit.statistics.query(by=Grouping.CAMERA, start=hours[30])[0].events == 66

    def test_a_site_is_its_cameras_together(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for name, site in (("door", "shop"), ("till", "shop"), ("gate", "")):
                unit.cameras.add(replace(BARE_CAMERA, id=name, name=name, site=site))
                unit.statistics.add(name, NOON, events=1)
            unit.statistics.add("removed", NOON, events=5)
            assert unit.statistics.query(by=Grouping.SITE) == [
                Statistics(site="", events=6),
                Statistics(site="shop", events=2),
            ]
            [row] = unit.statistics.query(by=Grouping.DAY, site="shop")
            assert row.events == 2
            assert [row.camera_id for row in unit.statistics.query(by=Grouping.CAMERA, site="shop")] == ["door", "till"]

    def test_a_zone_has_the_shots_of_its_camera(self, repository: Repository) -> None:
        shots, people = {Outcome.PREDICTED: 3, Outcome.FAILED: 1}, {Label.NO_MASK: 1}
        with repository.begin() as unit:
            for name in ("door", "gate"):
                unit.statistics.add(name, NOON, shots=shots, people={Label.NO_MASK: 2}, alerts=1)
            unit.statistics.add("door", NOON + HOUR, shots=shots)
            unit.statistics.add("door", NOON, zone="till", people=people)
            both = {Outcome.PREDICTED: 6, Outcome.FAILED: 2}
            till = Statistics(camera_id="door", zone="till", shots=both, people=people)
            assert unit.statistics.query(by=Grouping.ZONE) == [till]
            assert unit.statistics.query(by=Grouping.ZONE, zone="till", camera_id="door") == [till]
            assert unit.statistics.query(by=Grouping.ZONE, camera_id="gate") == []
            assert unit.statistics.query(by=Grouping.CAMERA, zone="till") == [
                Statistics(camera_id="door", shots=both, people=people)
            ]
            assert unit.statistics.query(by=Grouping.HOUR, zone="till") == [
                Statistics(start=NOON.replace(minute=0, second=0, microsecond=0), shots=shots, people=people),
                Statistics(start=NOON.replace(minute=0, second=0, microsecond=0) + HOUR, shots=shots),
            ]

    def test_a_week_of_hours_and_one_row_for_all(self, repository: Repository) -> None:
        monday, tokyo = datetime(2026, 3, 2, 23, 30, tzinfo=UTC), ZoneInfo("Asia/Tokyo")
        with repository.begin() as unit:
            unit.statistics.add("door", monday, people={Label.NO_MASK: 2}, alerts=1)
            unit.statistics.add("door", monday + 7 * 24 * HOUR, people={Label.NO_MASK: 3})
            unit.statistics.add("gate", monday + HOUR, people={Label.MASK_CORRECT: 5})
            unit.statistics.add("gate", monday, zone="till", people={Label.NO_MASK: 1})

            def week(**query: Any) -> list[tuple[int | None, int | None, int]]:
                rows = unit.statistics.query(by=Grouping.WEEKDAY_HOUR, **query)
                return [(row.weekday, row.hour, sum(row.people.values())) for row in rows]

            assert week() == week(camera_ids=["door", "gate"]) == [(0, 23, 5), (1, 0, 5)]
            assert week(timezone=tokyo) == [(1, 8, 5), (1, 9, 5)]
            assert week(camera_id="door", end=monday + HOUR) == [(0, 23, 2)]
            assert week(zone="till") == [(0, 23, 1), (1, 0, 0)]  # the camera looked then, and nobody was there
            everything = Statistics(people={Label.NO_MASK: 5, Label.MASK_CORRECT: 5}, alerts=1)
            assert unit.statistics.query(by=Grouping.TOTAL) == [everything]
            assert unit.statistics.query(by=Grouping.TOTAL, camera_ids=["door", "gate"]) == [everything]
            assert [row.alerts for row in unit.statistics.query(by=Grouping.TOTAL, camera_id="door")] == [1]
            assert unit.statistics.query(by=Grouping.TOTAL, start=monday + 30 * 24 * HOUR) == []

    def test_a_sunday_ends_the_week_also_where_clocks_are_changed(self, repository: Repository) -> None:
        before = datetime(2026, 3, 29, 0, tzinfo=UTC)  # 1:00 in Berlin; at 2:00 it is 3:00
        with repository.begin() as unit:
            for hours in (0, 1, 21, 22):
                unit.statistics.add("door", before + hours * HOUR, events=1)
            rows = unit.statistics.query(by=Grouping.WEEKDAY_HOUR, timezone=ZoneInfo("Europe/Berlin"))
            assert [(row.weekday, row.hour) for row in rows] == [(0, 0), (6, 1), (6, 3), (6, 23)]

    def test_a_cameras_hours_of_every_zone(self, repository: Repository) -> None:
        hour = NOON.replace(minute=0, second=0, microsecond=0)
        with repository.begin() as unit:
            unit.statistics.add("cam", NOON, events=1, reaction_seconds=2.5)
            unit.statistics.add("cam", NOON, zone="till", faces={Label.NO_MASK: 2})
            unit.statistics.add("cam", NOON + HOUR, events=1)
            unit.statistics.add("other", NOON, events=1)
            assert unit.statistics.hours("cam", start=hour, end=hour + HOUR) == [
                Statistics(start=hour, camera_id="cam", zone="", events=1, reaction_seconds=2.5),
                Statistics(start=hour, camera_id="cam", zone="till", faces={Label.NO_MASK: 2}),
            ]

    def test_sums_that_were_changed_from_outside_are_mended(self, repository: Repository, url: str) -> None:
        with repository.begin() as unit:
            for number in range(3):
                unit.statistics.add("cam", NOON + number * HOUR, events=1, reaction_seconds=0.1)
            unit.statistics.add("cam", NOON, zone="till", events=1)
            assert unit.statistics.mend() == 0
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE statistics_of_days SET events = 7 WHERE zone = ''"))
            connection.execute(text("DELETE FROM statistics_of_all"))
        engine.dispose()
        with repository.begin() as unit:
            assert unit.statistics.mend() == 4
            assert unit.statistics.mend() == 0
            assert unit.statistics.query(by=Grouping.CAMERA)[0].events == 3
            assert [row.events for row in unit.statistics.query(by=Grouping.HOUR)] == [1, 1, 1]
