"""A camera's weight: how much of what can be looked at falls to it under overload."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cameras", sa.Column("weight", sa.Double(), nullable=False, server_default="1"))
