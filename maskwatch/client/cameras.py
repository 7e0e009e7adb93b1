"""Cameras of a console, and the wall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from console.api.shapes.camera_sheets import HistoryAnswer, ImportAnswer
from console.api.shapes.cameras import CameraAnswer, FoundAnswer, StatusAnswer, TestAnswer, WallAnswer
from maskwatch.client.connection import Connection, Picture, named

SheetFormat = Literal["csv", "yaml", "json"]
TYPES = {"csv": "text/csv", "yaml": "application/yaml", "json": "application/json"}


class Cameras:
    """What is watched; a camera's fields are those of docs/cameras.md."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[CameraAnswer]:
        """All that one may see, by name."""
        return self._connection.pages(CameraAnswer, "cameras")

    def get(self, camera_id: str) -> CameraAnswer:
        """One camera."""
        return self._connection.read(CameraAnswer, "GET", named("cameras/{}", camera_id))

    def add(self, **fields: Any) -> CameraAnswer:
        """Watch one more: at least `name` and `url`."""
        return self._connection.read(CameraAnswer, "POST", "cameras", json=fields)

    def change(self, camera_id: str, **fields: Any) -> CameraAnswer:
        """Change what is named."""
        return self._connection.read(CameraAnswer, "PATCH", named("cameras/{}", camera_id), json=fields)

    def remove(self, camera_id: str) -> None:
        """Stop watching it."""
        self._connection.request("DELETE", named("cameras/{}", camera_id))

    def test(self, camera_id: str, **changed: Any) -> TestAnswer:
        """Look at its stream now, with some fields changed for the time being."""
        return self._connection.read(TestAnswer, "POST", named("cameras/{}/test", camera_id), json=changed or None)

    def test_draft(self, **fields: Any) -> TestAnswer:
        """Look at a stream that is not saved."""
        return self._connection.read(TestAnswer, "POST", "cameras/test", json=fields)

    def discover(self, **search: Any) -> Sequence[FoundAnswer]:
        """Look for ONVIF cameras; `search`: hosts, username, password, ….

        Takes the time that the search is given.
        """
        found = self._connection.json("POST", "cameras/discover", json=search)
        return [FoundAnswer.model_validate(one) for one in found["items"]]

    def status(self, camera_id: str) -> StatusAnswer:
        """How it is doing."""
        return self._connection.read(StatusAnswer, "GET", named("cameras/{}/status", camera_id))

    def history(self, camera_id: str, *, start: datetime | None = None, end: datetime | None = None) -> HistoryAnswer:
        """Hour by hour: how much of it was watched, and at which interval."""
        path, query = named("cameras/{}/history", camera_id), {"from": start, "to": end}
        return self._connection.read(HistoryAnswer, "GET", path, query=query)

    def latest(self, camera_id: str, *, boxes: bool = False, blur: bool = False, width: int | None = None) -> Picture:
        """Its newest picture."""
        query = {"boxes": boxes, "blur": blur, "width": width}
        return self._connection.picture(named("cameras/{}/latest.jpg", camera_id), query)

    def export(self, form: SheetFormat = "csv") -> str:
        """All cameras as a sheet, without passwords."""
        return self._connection.request("GET", "cameras/export", query={"format": form}).text

    def import_sheet(
        self, sheet: str, form: SheetFormat = "csv", *, update: bool = False, dry_run: bool = False
    ) -> ImportAnswer:
        """Add the cameras of a sheet; `update`: change those whose name is known; `dry_run`: only say what would be."""
        query, headers = {"update": update, "dry_run": dry_run}, {"Content-Type": TYPES[form]}
        return self._connection.read(
            ImportAnswer, "POST", "cameras/import", query=query, content=sheet.encode(), headers=headers
        )

    def wall(self) -> Iterator[WallAnswer]:
        """Every camera with its state and its newest picture."""
        return self._connection.pages(WallAnswer, "wall")
