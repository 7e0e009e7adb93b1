"""What events and alerts share: a filtered list, newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, RowMapping, Table, select

from common.adapters.database.session import Session


def newest_first(
    session: Session,
    table: Table,
    *,
    by: str,
    rule_id: str | None,
    camera_id: str | None,
    camera_ids: Collection[str] | None,
    state: StrEnum | None,
    after: datetime | None,
    before: datetime | None,
    limit: int,
    also: Sequence[ColumnElement[bool]] = (),
) -> Sequence[RowMapping]:
    """Rows of the rule, camera and state, with `by` in [after, before), of which `also` is true."""
    at = table.c[by]
    query = select(table).where(*also)
    for name, wanted in (("rule_id", rule_id), ("camera_id", camera_id), ("state", state)):
        if wanted is not None:
            query = query.where(table.c[name] == str(wanted))
    if camera_ids is not None:
        query = query.where(table.c.camera_id.in_(sorted(camera_ids)))
    if after is not None:
        query = query.where(at >= after)
    if before is not None:
        query = query.where(at < before)
    return session.rows(query.order_by(at.desc(), table.c.id).limit(limit))
