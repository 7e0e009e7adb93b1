"""Alerts say since when what they tell of has gone on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alerts") as batch:
        batch.add_column(sa.Column("started_at", sa.DateTime(timezone=True)))
    began = "SELECT events.started_at FROM events WHERE events.id = alerts.event_id"
    op.execute(f"UPDATE alerts SET started_at = coalesce(({began}), fired_at)")  # noqa: S608  # names of this file
    with op.batch_alter_table("alerts") as batch:
        batch.alter_column("started_at", existing_type=sa.DateTime(timezone=True), nullable=False)
