"""what the wall is told, and which sessions are its screens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009_wall"
down_revision: str | None = "0008_official_outline"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "wall_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("scene", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_wall_state_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_state")),
    )
    op.add_column("session", sa.Column("wall", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("session", "wall")
    op.drop_table("wall_state")
