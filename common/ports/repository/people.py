"""The people who were seen, and what was said of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from common.domain.feedback import Feedback
from common.domain.prediction import Label
from common.domain.sighting import Sighting


class Histories(Protocol):
    """What the analyzer knows of each camera between two pictures: its own JSON, opaque here."""

    def hold(self, camera_id: str) -> str | None:
        """The camera's history, None before the first; it is the caller's alone until this unit ends, also then."""

    def hold_many(self, camera_ids: Iterable[str]) -> dict[str, str | None]:
        """Each as by `hold`, in an order that all who hold several keep to."""

    def save(self, camera_id: str, body: str) -> None:
        """Replace a history that is held."""

    def save_many(self, bodies: Mapping[str, str]) -> None:
        """Replace histories that are held, by camera."""

    def prune(self) -> int:
        """Drop those of cameras that were removed; how many."""


class Sightings(Protocol):
    """People, each counted once per stay."""

    def save(self, sighting: Sighting) -> Sighting | None:
        """Add or replace; what was there before."""

    def save_many(self, sightings: Iterable[Sighting]) -> None:
        """Add or replace."""

    def get_many(self, sighting_ids: Iterable[str]) -> dict[str, Sighting]:
        """Those of them that exist, by id."""

    def drop(self, sighting_id: str) -> Sighting | None:
        """Forget it; what was there."""

    def list(
        self,
        *,
        camera_id: str | None = None,
        camera_ids: Collection[str] | None = None,
        label: Label | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Sighting]:
        """Newest first by `began_at`; `after` inclusive, `before` exclusive."""


class Feedbacks(Protocol):
    """What people said of faces."""

    def save(self, said: Feedback) -> None:
        """Add or replace: the last word stands."""

    def get(self, feedback_id: str) -> Feedback: ...
    def list(
        self,
        *,
        camera_ids: Collection[str] | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Feedback]:
        """Newest first by `at`; `after` inclusive, `before` exclusive."""

    def remove(self, feedback_ids: Iterable[str]) -> None: ...
