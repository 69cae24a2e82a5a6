"""the pilot: when processes lived, what was asked and by which role, lessons; reports of twelve months."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0038_pilot"
down_revision: str | None = "0037_tasks"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

GUARD = """
CREATE TRIGGER pilot_lesson_append_only BEFORE UPDATE OR DELETE ON pilot_lesson
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER pilot_lesson_not_emptied BEFORE TRUNCATE ON pilot_lesson
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE FUNCTION refuse_life_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'up' AND NEW.until >= OLD.until
       AND (OLD.id, OLD.process, OLD.state, OLD.since, OLD.told_by) = (NEW.id, NEW.process, NEW.state, NEW.since, NEW.told_by)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'process_life: % is refused; a stretch only goes on', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER process_life_goes_on BEFORE UPDATE OR DELETE ON process_life
FOR EACH ROW EXECUTE FUNCTION refuse_life_change();
CREATE TRIGGER process_life_not_emptied BEFORE TRUNCATE ON process_life
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
"""
# What was kept by the hour until now says where in its hour a process lived only if it lived for all of it.
WHOLE_HOURS = """
INSERT INTO process_life (process, state, since, until, told_by)
SELECT process, 'up', min(hour), max(hour) + interval '1 hour', 'process_hour' FROM (
    SELECT process, hour, hour - row_number() OVER (PARTITION BY process ORDER BY hour) * interval '1 hour' AS run
    FROM process_hour WHERE up_s >= 3590
) AS lived GROUP BY process, run ORDER BY min(hour), process
"""
KINDS = "kind IN ('day', 'week', 'month'{0})"


def upgrade() -> None:
    op.create_table(
        "process_life",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('up', 'down')", name=op.f("ck_process_life_state")),
        sa.CheckConstraint("since <= until", name=op.f("ck_process_life_stretch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_life")),
    )
    op.create_index("ix_process_life_newest", "process_life", ["process", "id"], unique=False)
    counts = ("failed", "within_100ms", "within_300ms", "within_1s", "within_3s", "within_10s", "later")
    op.create_table(
        "request_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in counts),
        sa.PrimaryKeyConstraint("day", "route", name=op.f("pk_request_day")),
    )
    op.create_table(
        "role_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "role", "use", name=op.f("pk_role_month")),
    )
    op.create_table(
        "pilot_lesson",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_lesson")),
        sa.UniqueConstraint("replaces", name=op.f("uq_pilot_lesson_replaces")),
    )
    op.execute(WHOLE_HOURS)
    op.execute(GUARD)
    _allow_kinds(", 'twelve'")


def downgrade() -> None:
    # A published evaluation is not thrown away to make an older schema fit: the constraint refuses.
    _allow_kinds("")
    for table in ("pilot_lesson", "role_month", "request_day", "process_life"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_life_change()")


def _allow_kinds(more: str) -> None:
    op.drop_constraint(op.f("ck_bulletin_kind"), "bulletin")
    op.create_check_constraint(op.f("ck_bulletin_kind"), "bulletin", KINDS.format(more))
