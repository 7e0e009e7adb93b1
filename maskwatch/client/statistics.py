"""Statistics of a console."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.api.shapes.statistics import ReactionsAnswer, StatisticsRow
from maskwatch.client.connection import Connection


class Statistics:
    """Shots, people and alerts, counted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(
        self,
        *,
        by: str = "hour",
        start: datetime | None = None,
        end: datetime | None = None,
        camera: str | None = None,
        site: str | None = None,
        zone: str | None = None,
        tag: str | None = None,
        tz: str = "UTC",
    ) -> Iterator[StatisticsRow]:
        """A row for each hour, day, camera, site or zone; `camera`: its id; `tz`: whose days."""
        query = _query(start, end, camera, site, zone, tag)
        return self._connection.pages(StatisticsRow, "statistics", {**query, "by": by, "tz": tz})

    def csv(
        self,
        *,
        by: str = "hour",
        start: datetime | None = None,
        end: datetime | None = None,
        camera: str | None = None,
        site: str | None = None,
        zone: str | None = None,
        tag: str | None = None,
        tz: str = "UTC",
    ) -> str:
        """The same as a sheet."""
        query = {**_query(start, end, camera, site, zone, tag), "by": by, "tz": tz, "format": "csv"}
        return self._connection.request("GET", "statistics", query=query).text

    def reactions(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        camera: str | None = None,
        site: str | None = None,
        zone: str | None = None,
        tag: str | None = None,
    ) -> ReactionsAnswer:
        """How soon alerts were acknowledged."""
        query = _query(start, end, camera, site, zone, tag)
        return self._connection.read(ReactionsAnswer, "GET", "statistics/reactions", query=query)


def _query(
    start: datetime | None,
    end: datetime | None,
    camera: str | None,
    site: str | None,
    zone: str | None,
    tag: str | None,
) -> dict[str, Any]:
    return {"from": start, "to": end, "camera": camera, "site": site, "zone": zone, "tag": tag}
