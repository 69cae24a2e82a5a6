"""points drawn together below a zoom."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006_bunch"
down_revision: str | None = "0005_echo"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "bunch",
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("z", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("y", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("square", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("left", sa.SmallInteger(), nullable=False),
        sa.Column("top", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("one", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("layer", "z", "x", "y", "square", name=op.f("pk_bunch")),
    )


def downgrade() -> None:
    op.drop_table("bunch")
