"""How far the loader is with each spool."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013_spool"
down_revision: str | None = "0012_exchange_content"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "spool_place",
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state_from", sa.BigInteger(), nullable=False),
        sa.Column("done_to", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("writer"),
    )


def downgrade() -> None:
    op.drop_table("spool_place")
