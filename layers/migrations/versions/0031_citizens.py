"""citizens' reports: as they stand, their history, photos, categories and flow."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0031_citizens"
down_revision: str | None = "0030_catalogue"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

GUARD = """
CREATE TRIGGER report_entry_append_only BEFORE UPDATE OR DELETE ON report_entry
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER report_entry_not_emptied BEFORE TRUNCATE ON report_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")  # trusted: the owner of the database may
    op.create_table(
        "report_case",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("supporters", sa.Integer(), server_default="0", nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("rating_text", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(lon_e7 IS NULL) = (lat_e7 IS NULL)", name=op.f("ck_report_case_place")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_report_case_rating")),
        sa.ForeignKeyConstraint(["merged_into"], ["report_case.id"], name=op.f("fk_report_case_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_case")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_report_case_code_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_report_case_number")),
    )
    op.create_index(op.f("ix_report_case_merged_into"), "report_case", ["merged_into"], unique=False)
    op.create_index("ix_report_case_near", "report_case", ["category", "received_at"], unique=False)
    op.create_index(
        "ix_report_case_open", "report_case", ["due_at"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(op.f("ix_report_case_unit"), "report_case", ["unit"], unique=False)
    op.create_table(
        "report_category",
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("within_days", sa.SmallInteger(), nullable=False),
        sa.Column("near_m", sa.Integer(), nullable=False),
        sa.Column("near_days", sa.SmallInteger(), nullable=False),
        sa.Column("reopen_days", sa.SmallInteger(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("refer_vi", sa.String(), nullable=True),
        sa.Column("refer_en", sa.String(), nullable=True),
        sa.Column("keywords", sa.ARRAY(sa.Text()), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_category")),
    )
    op.create_index(
        "uq_report_category_current",
        "report_category",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "report_flow",
        sa.Column("clock", sa.String(), nullable=True),
        sa.Column("shown_as", sa.String(), nullable=True),
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
        sa.CheckConstraint("part IN ('state', 'step')", name=op.f("ck_report_flow_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_flow")),
    )
    op.create_index(
        "uq_report_flow_current",
        "report_flow",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "account_unit",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_unit_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_unit")),
    )
    op.create_table(
        "report_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report_case.id"], name=op.f("fk_report_entry_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_entry")),
    )
    op.create_index(op.f("ix_report_entry_report_id"), "report_entry", ["report_id"], unique=False)
    op.create_table(
        "report_photo",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report_case.id"], name=op.f("fk_report_photo_report_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_report_photo")),
    )
    op.create_index(op.f("ix_report_photo_report_id"), "report_photo", ["report_id"], unique=False)
    op.execute(GUARD)


def downgrade() -> None:
    op.drop_index(op.f("ix_report_photo_report_id"), table_name="report_photo")
    op.drop_table("report_photo")
    op.drop_index(op.f("ix_report_entry_report_id"), table_name="report_entry")
    op.drop_table("report_entry")
    op.drop_table("account_unit")
    op.drop_index("uq_report_flow_current", table_name="report_flow", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_table("report_flow")
    op.drop_index(
        "uq_report_category_current", table_name="report_category", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_table("report_category")
    op.drop_index(op.f("ix_report_case_unit"), table_name="report_case")
    op.drop_index("ix_report_case_open", table_name="report_case", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_report_case_near", table_name="report_case")
    op.drop_index(op.f("ix_report_case_merged_into"), table_name="report_case")
    op.drop_table("report_case")
