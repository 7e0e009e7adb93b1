"""Who did what: entries of the audit log, and those that come again and again."""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from common.domain.audit import AuditEntry
from common.errors import MaskwatchError
from common.ports.repository import Repository
from console.auth import Identity
from console.statistics import plain

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 10.0  # as long as looks that were counted may be unknown to the database
COLUMNS = (
    "at", "by", "token", "address", "action", "target", "camera_id", "fields", "status", "count", "until",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Onlooker:
    """Who looks, and from where."""

    identity: Identity
    address: str

    def look(self, camera_id: str, *, at: datetime) -> AuditEntry:
        """At a camera's pictures: one entry for each person, camera and hour."""
        who, token = self.identity, self.identity.token_name
        return AuditEntry(
            id=repeated_id("look", who.user_id, token, camera_id, at=at),
            at=at,
            by=who.name,
            user_id=who.user_id,
            token=token,
            address=self.address,
            action="look",
            target=f"cameras/{camera_id}",
            camera_id=camera_id,
            until=at,
        )


def repeated_id(*parts: str, at: datetime) -> str:
    """The id of an entry that stands for all of its kind within one hour, in every replica."""
    return hashlib.sha256("\n".join([*parts, f"{at:%Y%m%d%H}"]).encode()).hexdigest()[:32]


@dataclass(kw_only=True)
class _Tally:
    hour: datetime
    counted: AuditEntry | None = None  # that the database does not know yet


class Repeats:
    """Entries that come again and again: the first of an hour is stored at once, later ones are counted, and added
    within ten seconds. Thread-safe."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._lock = threading.Lock()
        self._tallies: dict[str, _Tally] = {}  # of this hour, by id
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, entry: AuditEntry) -> None:
        """Once more. Raises Unavailable where its first cannot be stored: what leaves no trace must not happen."""
        with self._lock:
            tally = self._tallies.get(entry.id)
            if tally is not None:
                tally.counted = _and(tally.counted, entry)
                return
        self._store([entry])
        with self._lock:
            self._tallies.setdefault(entry.id, _Tally(hour=_hour(entry.at)))
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._flush_now_and_then, name="console-audit", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Store what was counted. Raises Unavailable; then it is kept for the next time."""
        with self._lock:
            counted = [tally.counted for tally in self._tallies.values() if tally.counted is not None]
            newest = max((tally.hour for tally in self._tallies.values()), default=None)
            self._tallies = {
                key: _Tally(hour=tally.hour) for key, tally in self._tallies.items() if tally.hour == newest
            }
        try:
            self._store(counted)
        except MaskwatchError:
            with self._lock:
                for entry in counted:
                    tally = self._tallies.setdefault(entry.id, _Tally(hour=_hour(entry.at)))
                    tally.counted = _and(tally.counted, entry)
            raise

    def close(self) -> None:
        """Store what was counted, at the end."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _flush_now_and_then(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._stop.wait(FLUSH_SECONDS)
            try:
                self.flush()
            except MaskwatchError as exc:
                log.warning("audit.looks_not_stored", error=str(exc), lost=is_last)

    def _store(self, entries: list[AuditEntry]) -> None:
        if entries:
            with self._repository.begin() as unit:
                unit.audit.add_looks(sorted(entries, key=lambda entry: entry.id))  # in everybody's order: rows are held


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _and(counted: AuditEntry | None, more: AuditEntry) -> AuditEntry:
    if counted is None:
        return more
    until = max(filter(None, (counted.until, more.until)), default=None)
    return replace(counted, count=counted.count + more.count, until=until)


def audit_json(entry: AuditEntry) -> dict[str, Any]:
    """One entry."""
    return vars(entry) | {"fields": list(entry.fields)}


def to_csv(entries: Iterable[AuditEntry], *, has_header: bool) -> str:
    """A line per entry (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    if has_header:
        writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(entry, column)) for column in COLUMNS] for entry in entries)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return " ".join(value)
    return plain(value) if isinstance(value, str) else "" if value is None else value
