"""A year of cameras, made in the database: rows with numbers that differ, from no clock and no chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, text

from common.adapters.database.statistics_rows import SUMS
from common.domain.camera import Camera
from common.ports.repository import Repository

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
ZONE = "till"  # every second camera has it
SITES = 10

_HOUR = {
    "sqlite": "strftime('%Y-%m-%d %H:00:00.000000', {seconds}, 'unixepoch')",
    "postgresql": "to_timestamp({seconds})",
}
_TIDY = {"sqlite": ("ANALYZE",), "postgresql": ("VACUUM ANALYZE",)}  # what a server does by itself in time


@dataclass(frozen=True, kw_only=True)
class Year:
    """How much of it."""

    cameras: int
    days: int

    @property
    def end(self) -> datetime:
        """After its last hour."""
        return BEGAN + timedelta(days=self.days)

    @property
    def rows(self) -> int:
        """One per camera and hour, and one more where there is a zone."""
        return 24 * self.days * (self.cameras + self.cameras // 2)

    def __str__(self) -> str:
        return f"{self.days} days of {self.cameras} cameras, every second with a zone: {self.rows:,} rows"


YEAR = Year(cameras=100, days=365)
QUICK_YEAR = Year(cameras=4, days=40)


def camera_id(number: int) -> str:
    """Of one of them, counted from 1."""
    return f"camera-{number:08}"


def fill(repository: Repository, url: str, year: Year) -> None:
    """Put it into an empty database."""
    with repository.begin() as unit:
        for number in range(1, year.cameras + 1):
            unit.cameras.add(
                Camera(
                    id=camera_id(number),
                    name=f"Camera {number}",
                    url="rtsp://camera.example/",
                    site=f"Site {number % SITES}",
                    created_at=BEGAN,
                )
            )
    _insert(url, year)
    with repository.begin() as unit:
        unit.statistics.mend()  # the sums of days, and of all cameras
    _run(url, *_TIDY[_dialect(url)])


def _insert(url: str, year: Year) -> None:
    # Hour by hour, all cameras in turn, as the analyzer makes them.
    numbers = ", ".join(f"(hour * {number + 3} + camera * 13) % {11 + number}" for number, _name in enumerate(SUMS))
    at = _HOUR[_dialect(url)].format(seconds=f"{int(BEGAN.timestamp())} + 3600 * hour")
    name = "'camera-' || substr('0000000' || camera, length('' || camera), 8)"
    statement = f"""
        WITH RECURSIVE
            hours(hour) AS (SELECT 0 UNION ALL SELECT hour + 1 FROM hours WHERE hour < {24 * year.days - 1}),
            cameras(camera) AS (SELECT 1 UNION ALL SELECT camera + 1 FROM cameras WHERE camera < {year.cameras})
        INSERT INTO statistics (camera_id, zone, hour, {", ".join(SUMS)})
        SELECT {name}, zone, {at}, {numbers}
        FROM hours CROSS JOIN cameras CROSS JOIN (SELECT '' AS zone UNION ALL SELECT '{ZONE}') AS zones
        WHERE zone = '' OR camera % 2 = 0
    """  # noqa: S608  # numbers and names of this file
    _run(url, statement)


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def _dialect(url: str) -> str:
    return url.partition(":")[0].partition("+")[0]
