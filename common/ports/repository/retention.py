"""What upkeep asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.domain.shot import Shot


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What there is of a camera."""

    shots: int = 0
    oldest_at: datetime | None = None  # None: there is none


class Retention(Protocol):
    """What upkeep asks of shots, predictions and alerts: a bounded piece at a time, the oldest first."""

    def camera_ids(self) -> list[str]:
        """Of every camera that has a shot or a sighting, those that were removed too; ascending."""

    def kept(self, camera_id: str) -> Kept:
        """Read from an index alone, yet each shot is counted."""

    def count_shots(self, camera_id: str, *, before: datetime) -> int:
        """How many `remove_shots` would delete in all."""

    def remove_shots(self, camera_id: str, *, before: datetime, limit: int) -> int:
        """Delete shots scheduled before, and their predictions, unless an alert or open event shows them; how many.

        With them go all sightings of people who were last seen before.
        """

    def count_alerts(self, *, before: datetime) -> int:
        """How many `remove_alerts` would delete in all."""

    def remove_alerts(self, *, before: datetime, limit: int) -> int:
        """Delete resolved alerts that fired before, with their events and what was decided of them; how many.

        Messages and groups that are as old, and which no alert needs any more, go with them.
        """

    def shown_by_alerts(self, image_keys: Iterable[str]) -> set[str]:
        """Those of the pictures that an alert shows."""

    def without_fault(self, snapshot_ids: Iterable[str]) -> set[str]:
        """Those that were predicted and in which every face, if there is one, surely wears its mask properly."""

    def pictured(self, camera_id: str, *, after: datetime | None, before: datetime, limit: int) -> list[Shot]:
        """Shots that have a picture, ascending by `scheduled_at`; both bounds exclusive."""

    def pictures_of(self, snapshot_ids: Iterable[str]) -> set[str]:
        """The keys that those shots name."""

    def forget_pictures(self, snapshot_ids: Iterable[str], *, reason: str = "") -> None:
        """Their pictures are gone; `reason` is told by a shot that has none yet."""

    def unpredicted(self, camera_id: str, *, before: datetime, limit: int) -> list[Shot]:
        """Shots scheduled before that have a picture and no prediction: not yet, or never; the oldest first."""

    def forgotten(self, snapshot_ids: Iterable[str], *, reason: str) -> set[str]:
        """Those whose picture was forgotten for that reason."""

    def restore_picture(self, snapshot_id: str, image_key: str) -> None:
        """Name the picture again, and no reason."""
