"""sums kept per cell."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003_cell_sum"
down_revision: str | None = "0002_vessel_now"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "cell_sum",
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("cell_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("known", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("layer", "cell_id", "measure", "source_id", name=op.f("pk_cell_sum")),
    )
    op.create_index(op.f("ix_cell_sum_cell_id"), "cell_sum", ["cell_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_cell_sum_cell_id"), table_name="cell_sum")
    op.drop_table("cell_sum")
