"""Which columns hold secrets, and how they are read, written and sealed anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, Table, select, update

from common.adapters.database.seal import Seal
from common.adapters.database.session import Session
from common.adapters.database.tables import cameras, receivers
from common.domain.sealed import UNREADABLE, WHY_UNREADABLE, Resealed
from common.errors import InvalidInput, Unavailable

SECRETS: Mapping[Table, tuple[str, ...]] = {cameras: ("url", "password"), receivers: ("url", "secret")}


def sealed(table: Table, row: dict[str, Any], seal: Seal) -> dict[str, Any]:
    """The row as it is stored. Raises InvalidInput for one that was unreadable: it would be lost for good."""
    if row["url"] == UNREADABLE:
        raise InvalidInput(f"{row['name']}: {WHY_UNREADABLE}; give it again, or put the key back")
    return row | {name: seal.seal(row[name]) for name in SECRETS[table] if row[name]}


def unsealed(table: Table, row: RowMapping, seal: Seal) -> dict[str, Any]:
    """The row as it was given; with one secret that cannot be read all of its secrets are as good as lost."""
    opened = {name: seal.unseal(row[name]) for name in SECRETS[table] if row[name]}
    if None in opened.values():
        opened = {**dict.fromkeys(opened, ""), "url": UNREADABLE}
    return {**row, **opened}


def reseal(session: Session, seal: Seal, *, is_dry_run: bool) -> Resealed:
    """Seal with the newest key what is not; whoever changes a row meanwhile waits."""
    total = changed = unreadable = 0
    for table, names in SECRETS.items():
        for row in session.rows(select(table).order_by(table.c.id).with_for_update()):
            secrets = {name: row[name] for name in names if row[name]}
            opened = {name: seal.unseal(stored) for name, stored in secrets.items() if not seal.is_current(stored)}
            fresh = {name: seal.seal(text) for name, text in opened.items() if text is not None}
            total += len(secrets)
            changed += len(fresh)
            unreadable += len(opened) - len(fresh)
            if fresh and not is_dry_run:
                session.run(update(table).where(table.c.id == row["id"]).values(fresh))
    return Resealed(secrets=total, resealed=changed, unreadable=unreadable)


def check(session: Session, seal: Seal) -> None:
    """Raise Unavailable when the newest camera or receiver cannot be read: the key is another one."""
    for table in SECRETS:
        newest = select(table.c.url, table.c.name).order_by(table.c.created_at.desc()).limit(1)
        for row in session.rows(newest):
            if seal.unseal(row["url"]) is None:
                raise Unavailable(f"{row['name']}: {WHY_UNREADABLE}")
