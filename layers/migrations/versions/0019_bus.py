"""How often a place was tried in vain; positions that nothing but the retention rule can take away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019_bus"
down_revision: str | None = "0018_lineage"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFUSE = """
CREATE FUNCTION refuse_position_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('opsmap.retention', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'positions are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'a correction is a new row; whole days are dropped by opsmap retention run';
END $$
"""
ROWS = """
CREATE TRIGGER position_append_only BEFORE UPDATE OR DELETE ON position
FOR EACH ROW EXECUTE FUNCTION refuse_position_change()
"""
TRUNCATES = """
DO $$
DECLARE part regclass;
BEGIN
    FOR part IN SELECT 'position'::regclass UNION SELECT inhrelid FROM pg_inherits
                WHERE inhparent = 'position'::regclass LOOP
        EXECUTE format('CREATE TRIGGER position_not_emptied BEFORE TRUNCATE ON %s
                        FOR EACH STATEMENT EXECUTE FUNCTION refuse_position_change()', part);
    END LOOP;
END $$
"""
# Only a superuser may have one; in a database of somebody else's the owner can drop tables, as everywhere.
DROPS = """
DO $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RETURN;
    END IF;
    CREATE FUNCTION refuse_position_drop() RETURNS event_trigger LANGUAGE plpgsql AS $f$
    DECLARE gone text;
    BEGIN
        SELECT string_agg(object_identity, ', ') INTO gone FROM pg_event_trigger_dropped_objects()
        WHERE object_type = 'table' AND NOT is_temporary AND object_name ~ '^position(_[0-9]{8})?$';
        IF gone IS NOT NULL AND coalesce(current_setting('opsmap.retention', true), '') <> 'on' THEN
            RAISE EXCEPTION 'positions are append-only: dropping % is refused', gone
                USING ERRCODE = 'insufficient_privilege', HINT = 'whole days are dropped by opsmap retention run';
        END IF;
    END $f$;
    CREATE EVENT TRIGGER position_not_dropped ON sql_drop EXECUTE FUNCTION refuse_position_drop();
END $$
"""


def upgrade() -> None:
    op.add_column("spool_place", sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "retention_limit",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_limit")),
    )
    op.create_table(
        "retention_drop",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("partition", sa.String(), nullable=False),
        sa.Column("positions", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_drop")),
    )
    for statement in (REFUSE, ROWS, TRUNCATES, DROPS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP EVENT TRIGGER IF EXISTS position_not_dropped")
    op.execute("DROP FUNCTION IF EXISTS refuse_position_drop()")
    op.execute("DROP FUNCTION refuse_position_change() CASCADE")
    op.drop_table("retention_drop")
    op.drop_table("retention_limit")
    op.drop_column("spool_place", "tries")
