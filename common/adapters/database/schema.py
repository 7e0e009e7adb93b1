"""The schema's version: Alembic, run from code, so that no file needs to lie anywhere."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from common.errors import Unavailable

_UPGRADE_LOCK = 0x6D61736B  # any number that all replicas share: one upgrades, the others wait and find it done


def upgrade(connection: Connection) -> None:
    """Run what is missing, inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def check(connection: Connection) -> None:
    """Raise Unavailable unless the schema is at this version's head."""
    found = MigrationContext.configure(connection).get_current_revision()
    if found != _head():
        raise Unavailable(
            f"the database's schema is {found or 'empty'}, this version needs {_head()}: run `maskwatch db upgrade`"
        )


@cache
def _head() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101  # the package ships its migrations
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "common.adapters.database:migrations")
    return config
