"""how cases go, as rows; notices and their templates; offices to call."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025_flow"
down_revision: str | None = "0024_policy"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# The words of a notice stay as they were made; only what became of it changes.
KEEP = """
CREATE FUNCTION refuse_notice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - '{state,state_at,failure}'::text[]
       = to_jsonb(NEW) - '{state,state_at,failure}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'notice is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'only what became of a notice changes';
END $$
"""
GUARD = """
CREATE TRIGGER notice_append_only BEFORE UPDATE OR DELETE ON notice
FOR EACH ROW EXECUTE FUNCTION refuse_notice_change();
CREATE TRIGGER notice_not_emptied BEFORE TRUNCATE ON notice
FOR EACH STATEMENT EXECUTE FUNCTION refuse_notice_change()
"""


def upgrade() -> None:
    op.create_table(
        "case_flow",
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
        sa.CheckConstraint("part IN ('state', 'step')", name=op.f("ck_case_flow_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_flow")),
    )
    op.create_index(
        "uq_case_flow_current", "case_flow", ["code"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "boat_contact",
        sa.Column("vessel_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boat_contact")),
    )
    op.create_index(op.f("ix_boat_contact_vessel_id"), "boat_contact", ["vessel_id"], unique=False)
    op.create_index(
        "uq_boat_contact_current",
        "boat_contact",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "institution",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
    )
    op.create_index(
        "uq_institution_current",
        "institution",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "notice_template",
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("kinds", sa.String(), nullable=False),
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_template")),
    )
    op.create_index(
        "uq_notice_template_current",
        "notice_template",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('prepared', 'printed', 'sent', 'failed')", name=op.f("ck_notice_state")),
        sa.ForeignKeyConstraint(["case_id"], ["watch_case.id"], name=op.f("fk_notice_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_case_id"), "notice", ["case_id"], unique=False)
    op.execute(KEEP)
    op.execute(GUARD)


def downgrade() -> None:
    op.drop_index(op.f("ix_notice_case_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(
        "uq_notice_template_current", table_name="notice_template", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_table("notice_template")
    op.drop_index("uq_institution_current", table_name="institution", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_table("institution")
    op.drop_table("boat_contact")
    op.drop_index("uq_case_flow_current", table_name="case_flow", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_table("case_flow")
    op.execute("DROP FUNCTION refuse_notice_change()")
