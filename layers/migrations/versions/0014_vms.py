"""which device counts for a boat, positions reported by radio or telephone, seals, and rules that say how many."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014_vms"
down_revision: str | None = "0013_spool"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("transmitter_on_vessel", sa.Column("seal", sa.String(), nullable=True))
    op.create_table(
        "device_turn",
        sa.Column("vessel_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transmitter_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("silent_s", sa.Integer(), nullable=True),
        sa.Column("former_id", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("vessel_id", "since", name=op.f("pk_device_turn")),
    )
    op.create_table(
        "reported_position",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("vessel_id", sa.Integer(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lon_e7", sa.Integer(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("caller_role", sa.String(), nullable=False),
        sa.Column("caller_name", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("handed_to", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("doubts", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("corrects", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_position")),
        sa.UniqueConstraint("corrects", name=op.f("uq_reported_position_corrects")),
    )
    op.create_index("ix_reported_position_vessel_t", "reported_position", ["vessel_id", "t"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_reported_position_vessel_t", table_name="reported_position")
    op.drop_table("reported_position")
    op.drop_table("device_turn")
    op.drop_column("transmitter_on_vessel", "seal")
