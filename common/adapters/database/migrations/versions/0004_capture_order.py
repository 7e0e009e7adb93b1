"""A camera's predictions in the order of capture."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("predictions_by_capture", "predictions", ["camera_id", "captured_at"], unique=False)
