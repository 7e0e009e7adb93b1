"""Who did what, and what was erased."""

from __future__ import annotations

import builtins
from datetime import datetime
from typing import Protocol

from common.domain.audit import AuditEntry
from common.domain.erasure import Erasure


class Audit(Protocol):
    """What people did. Nobody changes it; it grows old."""

    def add(self, entry: AuditEntry) -> None: ...
    def add_looks(self, entry: AuditEntry) -> None:
        """Add it, or its count to the entry of its id, which then lasts until the later `until`."""

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
