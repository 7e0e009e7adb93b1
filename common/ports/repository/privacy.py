"""Who did what, and what was erased; and how it is erased."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from common.domain.audit import AuditEntry
from common.domain.erasure import Erased, Erasure, Stretch
from common.domain.feedback import Feedback


class Audit(Protocol):
    """What people did. Nobody changes it; it grows old."""

    def add(self, entry: AuditEntry) -> None: ...
    def add_looks(self, entries: Iterable[AuditEntry]) -> None:
        """Add each, or its count to the entry of its id, which then lasts until the later `until`; ids come once."""

    def list(
        self,
        *,
        by: str | None = None,
        action: str | None = None,
        camera_id: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> builtins.list[AuditEntry]:
        """Newest first by `at`; `after` inclusive, `before` exclusive."""

    def count(self, *, before: datetime) -> int:
        """How many are older than that."""

    def remove(self, *, before: datetime, limit: int) -> int:
        """Delete entries older than that; how many."""


class Erasures(Protocol):
    """The ledger."""

    def save(self, erasure: Erasure) -> None:
        """Add or replace."""

    def get(self, erasure_id: str) -> Erasure: ...
    def unfinished(self) -> builtins.list[Erasure]:
        """Oldest first."""

    def list(self, *, before: datetime | None = None, limit: int = 50) -> builtins.list[Erasure]:
        """Newest first by `requested_at`; `before` exclusive."""


class Erasing(Protocol):
    """What is erased on request, a bounded piece at a time: at most 500 rows, each with all that hangs on it."""

    def camera_ids(self) -> set[str]:
        """Of every camera that anything is kept of, those that were removed too."""

    def count(self, stretch: Stretch) -> Erased:
        """What the other functions would remove in all; of crops those of judged faces."""

    def remove_events(self, stretch: Stretch, *, limit: int) -> set[str]:
        """Delete events that began or fired then, or show a picture of then; their ids."""

    def remove_alerts(self, stretch: Stretch, *, limit: int) -> int:
        """Delete alerts of such events with what was decided and told of them, and groups of nothing else; how many."""

    def remove_sightings(self, stretch: Stretch, *, limit: int) -> int:
        """Delete the stays of people who were seen then; how many."""

    def remove_shots(self, stretch: Stretch, *, waiting_since: datetime, limit: int) -> int:
        """Delete shots and their predictions, but those taken later that no prediction has come for; how many.

        Only once events and alerts are gone: which picture they show is told by these rows.
        """

    def feedback(self, stretch: Stretch) -> builtins.list[Feedback]:
        """What was said of faces of then."""
