"""One transaction, and the one place where the drivers' errors become ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, RowMapping, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from common.errors import Conflict, InvalidInput, Unavailable

Insert = sqlite.Insert | postgresql.Insert

_INSERTS: dict[str, Callable[[Table], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
FOUND_AT_ONCE = 500  # ids in one statement: each is a variable, and SQLite may be built to take only 999
_NO_SUCH_TABLE = "42P01"  # PostgreSQL's code; SQLite reports the same as an OperationalError


@contextmanager
def translated() -> Iterator[None]:
    """Raise Conflict for a broken constraint, Unavailable for a database that does not answer, InvalidInput for what
    neither of them can hold: a number that is too large, a character that is none.

    The message is the driver's own: SQLAlchemy's adds the statement's values, passwords among them.
    """
    try:
        yield
    except IntegrityError as exc:
        raise Conflict(f"the database refused it: {_sentence(exc)}") from exc
    except DataError as exc:
        raise InvalidInput(f"the database cannot hold it: {_sentence(exc)}") from exc
    except OverflowError as exc:
        raise InvalidInput("the database cannot hold a number that large") from exc
    except ValueError as exc:  # psycopg2's own, before it asks
        if "NUL" not in str(exc):
            raise
        raise InvalidInput("a text with the character NUL cannot be stored") from exc
    except (OperationalError, InterfaceError, PoolTimeout) as exc:
        raise Unavailable(f"the database does not answer: {_sentence(exc)}") from exc
    except DBAPIError as exc:
        is_beyond_sql = type(exc) is DatabaseError  # a broken file, a connection that ended in mid-answer
        if is_beyond_sql or exc.connection_invalidated or getattr(exc.orig, "pgcode", None) == _NO_SUCH_TABLE:
            raise Unavailable(f"the database cannot be used: {_sentence(exc)}") from exc
        raise


class Session:
    """Runs statements inside one transaction. After an error that transaction is over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, statement: Executable) -> CursorResult[Any]:
        """Execute it."""
        with translated():
            return self._connection.execute(statement)

    def rows(self, statement: Executable) -> Sequence[RowMapping]:
        """Execute it and fetch all."""
        with translated():
            return self._connection.execute(statement).mappings().all()

    def tuples(self, statement: Executable) -> list[tuple[Any, ...]]:
        """The same without names: for thousands of rows, in half the time."""
        with translated():
            return [tuple(row) for row in self._connection.execute(statement).all()]

    def insert(self, table: Table) -> Insert:
        """An INSERT that knows ON CONFLICT: the same words in both dialects, from different modules."""
        return _INSERTS[self._connection.dialect.name](table)

    def run_many(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Execute an INSERT of rows that all have the same columns, in their order; nothing without rows."""
        if rows:
            with translated():
                self._connection.execute(statement, rows)

    def inserted(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> Sequence[RowMapping]:
        """What an INSERT of such rows returns."""
        if not rows:
            return ()
        with translated():
            return self._connection.execute(statement, rows).mappings().all()

    def found(self, table: Table, ids: Iterable[str]) -> Iterator[RowMapping]:
        """The rows with these values of the primary key, which is one column; each once."""
        [key] = table.primary_key
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), FOUND_AT_ONCE):
            yield from self.rows(select(table).where(key.in_(wanted[start : start + FOUND_AT_ONCE])))

    def save(self, table: Table, row: dict[str, Any]) -> None:
        """Add or replace by the primary key."""
        self.save_many(table, [row])

    def save_many(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Add or replace by the primary key, in their order."""
        if rows:
            statement = self.insert(table)
            changed = {name: statement.excluded[name] for name in rows[0] if not table.c[name].primary_key}
            self.run_many(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed), rows)


def _sentence(exc: Exception) -> str:
    """What the driver says in short: PostgreSQL's details repeat the row that it refused, passwords among it."""
    cause = getattr(exc, "orig", None) or exc
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return " ".join(str(primary or cause).split())
