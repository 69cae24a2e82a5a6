"""figures wait for an approval: policies, submissions and decisions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033_approvals"
down_revision: str | None = "0032_surveys"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# What was brought and decided stays as it is; the function is that of the ledger (0023).
GROWING = ("submission", "approval")
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
"""
ONE = ["source_id", "indicator", "subject_kind", "subject", "period_from", "period_to", "status"]
STANDS = "superseded_at IS NULL AND retracted_at IS NULL"
WAITS = "awaits IS NOT NULL AND approved_at IS NULL"
# Without approvals nothing waits: what nobody approved is taken back, and the figures are those of the rest.
LEAVE = f"UPDATE observation SET retracted_at = now() WHERE {STANDS} AND {WAITS}"


def upgrade() -> None:
    op.create_table(
        "approval_policy",
        sa.Column("of_source", sa.String(), nullable=True),
        sa.Column("indicator", sa.String(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_policy")),
    )
    current = sa.text("superseded_at IS NULL")
    op.create_index("uq_approval_policy_current", "approval_policy", ["code"], unique=True, postgresql_where=current)
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index("uq_submission_delivery", "submission", ["delivery_id"], unique=True)
    op.create_table(
        "approval",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("decision IN ('approved', 'returned')", name=op.f("ck_approval_decision")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_approval_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_submission", "approval", ["submission_id", "id"], unique=False)
    op.add_column("figure", sa.Column("pending", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("observation", sa.Column("awaits", sa.String(), nullable=True))
    op.add_column("observation", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_observation_awaits"), "observation", "awaits IN ('show', 'hide')")
    _index_current(f"{STANDS} AND NOT ({WAITS})")
    waits = sa.text(f"{STANDS} AND {WAITS}")
    op.create_index("uq_observation_waiting", "observation", ONE, unique=True, postgresql_where=waits)
    for table in GROWING:
        op.execute(GUARD.format(table=table))


def downgrade() -> None:
    op.execute(LEAVE)
    op.drop_index("uq_observation_waiting", table_name="observation")
    op.drop_constraint(op.f("ck_observation_awaits"), "observation")
    _index_current(STANDS)
    op.drop_column("observation", "approved_at")
    op.drop_column("observation", "awaits")
    op.drop_column("figure", "pending")
    op.drop_table("approval")
    op.drop_table("submission")
    op.drop_table("approval_policy")


def _index_current(where: str) -> None:
    """One word in force of a source, subject, period and status."""
    op.drop_index("uq_observation_current", table_name="observation")
    op.create_index("uq_observation_current", "observation", ONE, unique=True, postgresql_where=sa.text(where))
