"""Tasks that leaders give out of a number: as they stand, their history, letters, flow and letterhead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0037_tasks"
down_revision: str | None = "0036_fields"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

GUARD = """
CREATE TRIGGER task_entry_append_only BEFORE UPDATE OR DELETE ON task_entry
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER task_entry_not_emptied BEFORE TRUNCATE ON task_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
"""


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("organ", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("born", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("letter_no", sa.Integer(), nullable=True),
        sa.Column("letter_year", sa.SmallInteger(), nullable=True),
        sa.Column("letter_on", sa.Date(), nullable=True),
        sa.Column("notation", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("number", name=op.f("uq_task_number")),
    )
    op.create_index(op.f("ix_task_agency"), "task", ["agency"], unique=False)
    op.create_index("ix_task_open", "task", ["due_at"], unique=False, postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index("uq_task_letter", "task", ["letter_year", "letter_no"], unique=True)
    op.create_table(
        "task_flow",
        sa.Column("clock", sa.String(), nullable=True),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=True),
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("within_s", sa.Integer(), nullable=True),
        sa.Column("due_vi", sa.String(), nullable=True),
        sa.Column("due_en", sa.String(), nullable=True),
        sa.Column("needs", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
        sa.CheckConstraint("part IN ('state', 'step')", name=op.f("ck_task_flow_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_flow")),
    )
    op.create_index(
        "uq_task_flow_current", "task_flow", ["code"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "task_letterhead",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("organ", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("notation", sa.String(), nullable=False),
        sa.Column("competence", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("copies", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("within_days", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_letterhead")),
    )
    op.create_index(
        "uq_task_letterhead_current",
        "task_letterhead",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "outgoing_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("message_type", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_outgoing_letter_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_letter")),
        sa.UniqueConstraint("uid", name=op.f("uq_outgoing_letter_uid")),
    )
    op.create_index(
        "ix_outgoing_letter_open",
        "outgoing_letter",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('done', 'rejection', 'fail')"),
    )
    op.create_index(op.f("ix_outgoing_letter_task_id"), "outgoing_letter", ["task_id"], unique=False)
    op.create_table(
        "task_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_entry_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_entry")),
    )
    op.create_index(op.f("ix_task_entry_task_id"), "task_entry", ["task_id"], unique=False)
    op.execute(GUARD)


def downgrade() -> None:
    op.drop_index(op.f("ix_task_entry_task_id"), table_name="task_entry")
    op.drop_table("task_entry")
    op.drop_index(op.f("ix_outgoing_letter_task_id"), table_name="outgoing_letter")
    op.drop_index(
        "ix_outgoing_letter_open",
        table_name="outgoing_letter",
        postgresql_where=sa.text("state NOT IN ('done', 'rejection', 'fail')"),
    )
    op.drop_table("outgoing_letter")
    op.drop_index(
        "uq_task_letterhead_current", table_name="task_letterhead", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_table("task_letterhead")
    op.drop_index("uq_task_flow_current", table_name="task_flow", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_table("task_flow")
    op.drop_index("uq_task_letter", table_name="task")
    op.drop_index("ix_task_open", table_name="task", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index(op.f("ix_task_agency"), table_name="task")
    op.drop_table("task")
