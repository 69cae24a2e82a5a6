"""How far the counting of our own books has come."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035_counted"
down_revision: str | None = "0034_reminders"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "counted_period",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("unplaced", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("indicator", "period_from", "period_to", name=op.f("pk_counted_period")),
    )


def downgrade() -> None:
    op.drop_table("counted_period")
