"""seals of days, that only grow; a way to find what was stored when."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026_seal"
down_revision: str | None = "0025_flow"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SEALS = ("day_seal", "day_seal_part")
KEPT = (*SEALS, "retention_drop", "reported_position")
"""Append-only from now on: seals, the notes of what retention dropped, and what people reported."""
BY_TIME = ("position", "reported_position", "case_entry")

KEEP = """
CREATE FUNCTION refuse_sealed_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'a correction is a new row';
END $$
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_sealed_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_sealed_change()
"""


def upgrade() -> None:
    op.create_table(
        "day_seal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_seal")),
    )
    op.create_table(
        "day_seal_part",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("shard", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "place", "hour", "shard", name=op.f("pk_day_seal_part")),
    )
    op.execute(KEEP)
    for table in KEPT:
        op.execute(GUARD.format(table=table))
    # Rows are stored in the order of time, so this index is a few pages; new partitions take it over from `position`.
    for table in BY_TIME:
        op.create_index(f"ix_{table}_stored_at", table, ["stored_at"], postgresql_using="brin")


def downgrade() -> None:
    for table in BY_TIME:
        op.drop_index(f"ix_{table}_stored_at", table_name=table)
    for table in reversed(KEPT):
        op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}; DROP TRIGGER {table}_append_only ON {table}")
    op.drop_table("day_seal_part")
    op.drop_table("day_seal")
    op.execute("DROP FUNCTION refuse_sealed_change()")
