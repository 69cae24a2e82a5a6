"""links between receptions of one transmission, and the span of each delivery's AIS positions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005_echo"
down_revision: str | None = "0004_breadth"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SPANS = """
UPDATE delivery AS d SET t_from = p.low, t_to = p.high
FROM (SELECT x.delivery_id, min(x.t) AS low, max(x.t) AS high
      FROM position AS x JOIN transmitter AS y ON y.id = x.transmitter_id
      WHERE y.kind = 'ais' AND x.flags & 1 = 0 GROUP BY 1) AS p
WHERE p.delivery_id = d.id
"""


def upgrade() -> None:
    op.create_table(
        "echo",
        sa.Column("transmitter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("payload_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_source_id", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("transmitter_id", "t", "source_id", "payload_hash", name=op.f("pk_echo")),
    )
    op.create_index("ix_echo_first", "echo", ["transmitter_id", "first_t"], unique=False)
    op.add_column("delivery", sa.Column("t_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("t_to", sa.DateTime(timezone=True), nullable=True))
    op.execute(SPANS)


def downgrade() -> None:
    op.drop_column("delivery", "t_to")
    op.drop_column("delivery", "t_from")
    op.drop_index("ix_echo_first", table_name="echo")
    op.drop_table("echo")
