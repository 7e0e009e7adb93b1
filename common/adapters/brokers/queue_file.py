"""The embedded queue's file: messages in SQLite, and what may be done to them."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common.errors import Unavailable
from common.ports.broker import DeadLetter, QueueState

BUSY_SECONDS = 10  # longest wait for another process that writes; a write takes milliseconds

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of publishing
    queue TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'ready',   -- ready, unacked, dead
    attempt INTEGER NOT NULL DEFAULT 0,    -- how often it was handed out
    published_at REAL NOT NULL,            -- seconds since 1970, like all times here
    due_at REAL NOT NULL,                  -- not handed out before
    owner TEXT,                            -- the subscription that holds it, while unacked
    reason TEXT,                           -- why it is dead, and since when
    dead_at REAL
);
CREATE INDEX IF NOT EXISTS messages_in_order ON messages (queue, state, id);
CREATE INDEX IF NOT EXISTS messages_held ON messages (owner, queue) WHERE owner IS NOT NULL;
"""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message handed out."""

    id: int
    body: bytes
    attempt: int


class QueueFile:
    """One SQLite file, safe for several threads and processes.

    Two connections: publishing and giving up wait until the disk has it; handing out and acking do not, since
    after a power cut the worst is that a message is delivered once more. A killed process loses neither.
    """

    def __init__(self, path: Path, *, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._lock = threading.RLock()
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._durable, self._quick = self._connect("FULL"), self._connect("NORMAL")
            self._durable.executescript(_SCHEMA)

    def add(self, queue: str, body: bytes) -> None:
        """Append a message; on disk when this returns."""
        now = self._now()
        self._run(
            self._durable,
            "INSERT INTO messages (queue, body, published_at, due_at) VALUES (?, ?, ?, ?)",
            (queue, body, now, now),
        )

    def claim(self, queue: str, owner: str) -> Claimed | None:
        """Hand the first message that is due to `owner`."""
        rows = self._run(
            self._quick,
            """UPDATE messages SET state = 'unacked', owner = ?, attempt = attempt + 1 WHERE id = (
                   SELECT id FROM messages WHERE queue = ? AND state = 'ready' AND due_at <= ? ORDER BY id LIMIT 1
               ) RETURNING id, body, attempt""",
            (owner, queue, self._now()),
        )
        return Claimed(id=rows[0][0], body=rows[0][1], attempt=rows[0][2]) if rows else None

    def seconds_to_next(self, queue: str) -> float | None:
        """Until a waiting message is due; None when none waits."""
        rows = self._run(self._quick, "SELECT min(due_at) FROM messages WHERE queue = ? AND state = 'ready'", (queue,))
        return None if rows[0][0] is None else max(0.0, rows[0][0] - self._now())

    def remove(self, message: Claimed, owner: str) -> None:
        """It is done. Like the next two: nothing happens when `owner` holds it no longer."""
        self._run(self._quick, "DELETE FROM messages WHERE id = ? AND owner = ?", (message.id, owner))

    def postpone(self, message: Claimed, owner: str, *, seconds: float) -> None:
        """Hand it out again, not before that long."""
        self._run(
            self._quick,
            "UPDATE messages SET state = 'ready', owner = NULL, due_at = ? WHERE id = ? AND owner = ?",
            (self._now() + seconds, message.id, owner),
        )

    def bury(self, message: Claimed, owner: str, *, reason: str) -> None:
        """Make it a dead letter."""
        self._run(
            self._durable,
            "UPDATE messages SET state = 'dead', owner = NULL, reason = ?, dead_at = ? WHERE id = ? AND owner = ?",
            (reason, self._now(), message.id, owner),
        )

    def give_back(self, owner: str) -> None:
        """What `owner` received and did not settle, as if it had not been handed out."""
        self._run(
            self._quick,
            "UPDATE messages SET state = 'ready', owner = NULL, attempt = attempt - 1 WHERE owner = ?",
            (owner,),
        )

    def owners(self) -> set[str]:
        """Who holds messages."""
        rows = self._run(self._quick, "SELECT DISTINCT owner FROM messages WHERE owner IS NOT NULL")
        return {owner for (owner,) in rows}

    def recover(self, owner: str) -> None:
        """What a dead owner held; those attempts count."""
        self._run(self._quick, "UPDATE messages SET state = 'ready', owner = NULL WHERE owner = ?", (owner,))

    def state(self, queue: str) -> QueueState:
        """Counts and the oldest waiting message's age."""
        rows = self._run(
            self._quick,
            "SELECT state, count(*), min(published_at) FROM messages WHERE queue = ? GROUP BY state",
            (queue,),
        )
        counts, oldest = {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}.get("ready")
        return QueueState(
            queue=queue,
            ready=counts.get("ready", 0),
            unacked=counts.get("unacked", 0),
            dead=counts.get("dead", 0),
            oldest_age_seconds=None if oldest is None else max(0.0, self._now() - oldest),
        )

    def dead_letters(self, queue: str, *, limit: int) -> list[DeadLetter]:
        """Oldest message first."""
        return [letter for _, letter in self._dead(queue, limit=limit)]

    def replay(self, queue: str, *, only: Collection[str] | None = None) -> int:
        """Dead letters wait again, as if just published; how many."""
        now = self._now()
        return len(
            self._run(
                self._durable,
                """UPDATE messages SET state = 'ready', attempt = 0, reason = NULL, dead_at = NULL,
                   published_at = ?, due_at = ? WHERE queue = ? AND state = 'dead'
                   AND (? IS NULL OR id IN (SELECT value FROM json_each(?))) RETURNING id""",
                (now, now, queue, *self._chosen(queue, only)),
            )
        )

    def purge(self, queue: str, *, only: Collection[str] | None = None) -> int:
        """Delete dead letters; how many."""
        return len(
            self._run(
                self._durable,
                """DELETE FROM messages WHERE queue = ? AND state = 'dead'
                   AND (? IS NULL OR id IN (SELECT value FROM json_each(?))) RETURNING id""",
                (queue, *self._chosen(queue, only)),
            )
        )

    def _dead(self, queue: str, *, limit: int = -1) -> list[tuple[int, DeadLetter]]:
        rows = self._run(
            self._quick,
            "SELECT id, body, reason, dead_at FROM messages WHERE queue = ? AND state = 'dead' ORDER BY id LIMIT ?",
            (queue, limit),
        )
        return [
            (number, DeadLetter(queue=queue, body=body, reason=reason, at=datetime.fromtimestamp(at, UTC)))
            for number, body, reason, at in rows
        ]

    def _chosen(self, queue: str, only: Collection[str] | None) -> tuple[str | None, str | None]:
        """Twice the numbers of those chosen, as JSON; None: all."""
        if only is None:
            return None, None
        numbers = json.dumps([number for number, letter in self._dead(queue) if letter.id in only])
        return numbers, numbers

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._quick.close()
            self._durable.close()

    def _connect(self, synchronous: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        return connection

    def _run(self, connection: sqlite3.Connection, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        # Each is one statement and so its own transaction; the lock keeps threads from meeting in the file,
        # where SQLite would let them wait by sleeping.
        with self._lock, self._translated():
            return connection.execute(statement, values).fetchall()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as exc:
            raise Unavailable(f"the queue {self._path} cannot be used: {exc}") from exc
