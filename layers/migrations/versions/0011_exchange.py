"""Messages of the provincial axis and the states they went through."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011_exchange"
down_revision: str | None = "0010_intake"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "exchange_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("message_type", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("refers_to", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("from_org", sa.String(), nullable=True),
        sa.Column("to_orgs", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("told", sa.String(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("kept_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Integer(), server_default="1", nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "message_type IN ('edoc', 'replacement', 'revocation', 'update')",
            name=op.f("ck_exchange_message_message_type"),
        ),
        sa.CheckConstraint(
            "state IN ('inbox', 'acceptance', 'rejection', 'processing', 'done', 'fail')",
            name=op.f("ck_exchange_message_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_message")),
        sa.UniqueConstraint("source_id", "uid", name=op.f("uq_exchange_message_source_id_uid")),
    )
    op.create_index("ix_exchange_message_document_id", "exchange_message", ["source_id", "document_id"], unique=False)
    op.create_table(
        "exchange_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_step")),
    )
    op.create_index(op.f("ix_exchange_step_message_id"), "exchange_step", ["message_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_exchange_step_message_id"), table_name="exchange_step")
    op.drop_table("exchange_step")
    op.drop_index("ix_exchange_message_document_id", table_name="exchange_message")
    op.drop_table("exchange_message")
