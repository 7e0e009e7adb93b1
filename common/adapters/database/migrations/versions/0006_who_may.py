"""Who may see which cameras, tokens with scopes, the audit log, and the ledger of erasures."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COUNTS = ("snapshots", "pictures", "crops", "sightings", "alerts")


def upgrade() -> None:
    _widen("users", ("sites", sa.JSON(), "[]"), ("tags", sa.JSON(), "[]"), ("subject", sa.Text(), ""))
    has_subject = sa.text("subject != ''")
    op.create_index(
        "users_by_subject", "users", ["subject"], unique=True, sqlite_where=has_subject, postgresql_where=has_subject
    )
    _widen("tokens", ("scopes", sa.JSON(), "[]"), ("address", sa.Text(), ""))
    op.add_column("tokens", sa.Column("role", sa.String()))
    op.add_column("tokens", sa.Column("used_at", sa.DateTime(timezone=True)))
    _audit()
    _erasures()


def _widen(table: str, *columns: tuple[str, sa.types.TypeEngine[Any], str]) -> None:
    """Add columns that always say something, to rows that did not have them."""
    with op.batch_alter_table(table) as batch:
        for name, kind, old in columns:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=old))
    with op.batch_alter_table(table) as batch:
        for name, kind, _ in columns:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def _audit() -> None:
    texts = ("by", "token", "address", "target")
    op.create_table(
        "audit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("user_id", "action", "camera_id")),
        sa.Column("fields", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("status", "count")),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_by_time", "audit", ["at"])
    op.create_index("audit_by_user", "audit", ["by", "at"])
    op.create_index("audit_by_action", "audit", ["action", "at"])


def _erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("by", "reason", "camera")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("camera_id", "state")),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("start", "end", "finished_at")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("erasures_by_time", "erasures", ["requested_at"])
