"""Connections: how each database is opened, and what it must be told."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from common.errors import InvalidInput, Unavailable

BUSY_SECONDS = 10  # longest wait for another writer of the file; units take milliseconds
CONNECT_SECONDS = 5
DEAD_AFTER_SECONDS = 10  # an unanswered server is away, not slow: the kernel's own patience is 15 minutes
CONNECTIONS = 10  # per process, and as many again for bursts: a console serves about that many requests at once


def sqlite_engine(path: Path) -> Engine:
    """An engine on the file, which is made with its folder, readable by its owner alone: passwords lie in it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as exc:
        raise Unavailable(f"cannot open the database {path}: {exc.strerror}") from exc
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def postgresql_engine(url: str) -> Engine:
    """An engine on the server; nothing connects before the first unit."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidInput(
            "the database URL is not of the form postgresql+psycopg2://user:password@host/name"
        ) from None
    return create_engine(
        parsed,
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,  # a server that came back is met with a new connection, not an error
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": DEAD_AFTER_SECONDS * 1000,
            "keepalives_idle": DEAD_AFTER_SECONDS,
            "keepalives_interval": 5,  # the kernel's own are 75 s and nine probes
            "keepalives_count": 2,
            "application_name": "maskwatch",
        },
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101  # the listener is on a sqlite engine
    connection.isolation_level = None  # the driver begins nothing by itself, `_begin_sqlite` does
    connection.execute("PRAGMA journal_mode=WAL")  # readers and the writer do not wait for each other
    connection.execute("PRAGMA synchronous=FULL")  # a commit is on disk: messages are acked on the strength of it
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is erased, or was stored in plain, is not left in the file


def _begin_sqlite(connection: Connection) -> None:
    # Writers queue here. A unit that read first and wrote later could otherwise fail in its middle,
    # because another has written meanwhile, and no wait would help it.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
