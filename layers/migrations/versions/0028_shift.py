"""shifts, handovers and kept reports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0028_shift"
down_revision: str | None = "0027_storm"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# What was handed over stays as it was; only who confirms it is filled in, once.
KEEP = """
CREATE FUNCTION refuse_handover_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    filled text[] := ARRAY['to_shift_id', 'confirmed_from_by', 'confirmed_from_at', 'changes_from', 'confirmed_to_by',
                           'confirmed_to_at', 'changes_to', 'withdrawn_at'];
    changed text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT min(was.key) INTO changed FROM jsonb_each(to_jsonb(OLD)) AS was
        WHERE to_jsonb(NEW) -> was.key IS DISTINCT FROM was.value
          AND NOT (was.key = ANY(filled) AND was.value = 'null'::jsonb);
        IF changed IS NULL THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'handover: % of % is refused', TG_OP, coalesce(changed, 'a row')
        USING ERRCODE = 'insufficient_privilege', HINT = 'prepare the handover anew';
END $$;
CREATE TRIGGER handover_stays BEFORE UPDATE OR DELETE ON handover
FOR EACH ROW EXECUTE FUNCTION refuse_handover_change()
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
"""


def upgrade() -> None:
    op.create_table(
        "bulletin",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("boats", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("boats_sha256", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('day', 'week', 'month')", name=op.f("ck_bulletin_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint(
            "report", "kind", "first_day", "version", name=op.f("uq_bulletin_report_kind_first_day_version")
        ),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("people", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("planned_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(hashtext(desk)::bigint, hashtext(desk)::bigint, '[]')"), "&&"),
            (sa.text("tstzrange(began_at, ended_at)"), "&&"),
            using="gist",
            name="ex_shift_desk_once",
        ),
        sa.CheckConstraint("cardinality(people) > 0", name=op.f("ck_shift_people")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_shift_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_began_at"), "shift", ["began_at"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("to_shift_id", sa.Integer(), nullable=True),
        sa.Column("to_people", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("confirmed_from_by", sa.String(), nullable=True),
        sa.Column("confirmed_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changes_from", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("confirmed_to_by", sa.String(), nullable=True),
        sa.Column("confirmed_to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changes_to", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_from_by <> confirmed_to_by", name=op.f("ck_handover_two_persons")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_handover_shift_id")),
        sa.ForeignKeyConstraint(["to_shift_id"], ["shift.id"], name=op.f("fk_handover_to_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_shift_id"), "handover", ["shift_id"], unique=False)
    op.create_index(
        "uq_handover_open", "handover", ["shift_id"], unique=True, postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.create_table(
        "shift_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["watch_case.id"], name=op.f("fk_shift_note_case_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_shift_note_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_note")),
    )
    op.create_index(op.f("ix_shift_note_case_id"), "shift_note", ["case_id"], unique=False)
    op.create_index(op.f("ix_shift_note_shift_id"), "shift_note", ["shift_id"], unique=False)
    for table in ("shift_note", "bulletin"):
        op.execute(GUARD.format(table=table))
    op.execute(KEEP)


def downgrade() -> None:
    op.drop_index(op.f("ix_shift_note_shift_id"), table_name="shift_note")
    op.drop_index(op.f("ix_shift_note_case_id"), table_name="shift_note")
    op.drop_table("shift_note")
    op.drop_index("uq_handover_open", table_name="handover", postgresql_where=sa.text("withdrawn_at IS NULL"))
    op.drop_index(op.f("ix_handover_shift_id"), table_name="handover")
    op.drop_table("handover")
    op.drop_index(op.f("ix_shift_began_at"), table_name="shift")
    op.drop_table("shift")
    op.drop_table("bulletin")
    op.execute("DROP FUNCTION refuse_handover_change()")
