"""The worker's queue (the library's own schema), files of the drop folder, polled feeds, invariants and alarms."""

from collections.abc import Sequence
from importlib.metadata import version

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision: str = "0015_work"
down_revision: str | None = "0014_vms"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

QUEUE_TABLES = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")
QUEUE_TYPES = ("procrastinate_job_to_defer_v1", "procrastinate_job_event_type", "procrastinate_job_status")
DROP_FUNCTIONS = """
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT oid::regprocedure FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP FUNCTION ' || f || ' CASCADE'; END LOOP;
END $$
"""


def run_sql(statements: str) -> None:
    """Several statements as they are: nothing in them is a parameter."""
    op.get_bind().connection.driver_connection.execute(statements)  # type: ignore[union-attr]


def upgrade() -> None:
    run_sql(SchemaManager.get_schema())
    op.create_table_comment("procrastinate_jobs", f"procrastinate {version('procrastinate')}")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "drop_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kept_as", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", moment, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detail_vi", sa.String(), nullable=True),
        sa.Column("detail_en", sa.String(), nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        sa.Column("seen", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('taken', 'stored', 'refused')", name=op.f("ck_drop_file_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drop_file")),
        sa.UniqueConstraint("source", "form", "sha256", name=op.f("uq_drop_file_source_form_sha256")),
    )
    op.create_table(
        "feed_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tried_at", moment, nullable=True),
        sa.Column("succeeded_at", moment, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("error_vi", sa.String(), nullable=True),
        sa.Column("error_en", sa.String(), nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("since", moment, nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("outcome IN ('new', 'same', 'failed')", name=op.f("ck_feed_state_outcome")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feed_state")),
    )
    op.create_table(
        "invariant",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('kept', 'broken', 'unknown')", name=op.f("ck_invariant_state")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_invariant")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail_vi", sa.String(), nullable=False),
        sa.Column("detail_en", sa.String(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("opened_at", moment, nullable=True),
        sa.Column("acknowledged_at", moment, nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(
        "uq_alarm_open", "alarm", ["code", "subject"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("uq_alarm_open", table_name="alarm", postgresql_where=sa.text("closed_at IS NULL"))
    run_sql(DROP_FUNCTIONS)
    for name in ("alarm", "invariant", "feed_state", "drop_file", *QUEUE_TABLES):
        op.drop_table(name)
    for name in QUEUE_TYPES:
        run_sql(f"DROP TYPE {name}")
