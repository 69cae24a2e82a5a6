"""Papers, observations, raw files, keys for machines, and which adapter understood a delivery."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010_intake"
down_revision: str | None = "0009_wall"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_api_key")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("notation", sa.String(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("agency_code", sa.String(), nullable=True),
        sa.Column("signer", sa.String(), nullable=True),
        sa.Column("signer_position", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="valid", nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.BigInteger(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("raw_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('valid', 'replaced', 'revoked')", name=op.f("ck_paper_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("source_id", "uid", name=op.f("uq_paper_source_id_uid")),
    )
    op.create_table(
        "observation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("status IN ('estimate', 'preliminary', 'official')", name=op.f("ck_observation_status")),
        sa.CheckConstraint(
            "subject_kind IN ('unit', 'agency', 'facility', 'province')", name=op.f("ck_observation_subject_kind")
        ),
        sa.CheckConstraint("period_from < period_to", name=op.f("ck_observation_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    op.create_index("ix_observation_paper", "observation", ["paper_id"], unique=False)
    op.create_index(
        "ix_observation_indicator", "observation", ["indicator", "subject_kind", "subject", "period_from"], unique=False
    )
    op.create_index(
        "uq_observation_current",
        "observation",
        ["source_id", "indicator", "subject_kind", "subject", "period_from", "period_to", "status"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND retracted_at IS NULL"),
    )
    op.create_table(
        "raw_file",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_raw_file")),
    )
    op.create_table(
        "raw_piece",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "number", name=op.f("pk_raw_piece")),
    )
    op.add_column("delivery", sa.Column("adapter", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("paper_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery", "paper_id")
    op.drop_column("delivery", "adapter")
    op.drop_table("raw_piece")
    op.drop_table("raw_file")
    op.drop_index(
        "uq_observation_current",
        table_name="observation",
        postgresql_where=sa.text("superseded_at IS NULL AND retracted_at IS NULL"),
    )
    op.drop_index("ix_observation_indicator", table_name="observation")
    op.drop_index("ix_observation_paper", table_name="observation")
    op.drop_table("observation")
    op.drop_table("paper")
    op.drop_table("api_key")
