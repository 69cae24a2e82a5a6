"""events, incidents, cases and their ledger."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0023_watch"
down_revision: str | None = "0022_repeats"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# A line that was written stays: the ledger not at all to be changed, an event only to be marked as said anew.
KEEP = """
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'event' THEN
        IF OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
           AND to_jsonb(OLD) - 'superseded_at' = to_jsonb(NEW) - 'superseded_at' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'a correction is a new row';
END $$
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
"""


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("conduct", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("vessels", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("transmitters", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("rule_ids", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("what IN ('new', 'changed', 'withdrawn')", name=op.f("ck_event_what")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_conduct_began", "event", ["conduct", "step", "began_at"], unique=False)
    op.create_index(op.f("ix_event_stored_at"), "event", ["stored_at"], unique=False)
    op.create_index("ix_event_vessels", "event", ["vessels"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_event_current", "event", ["key"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_of", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.Column("rule_ids", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('provider', 'port', 'area')", name=op.f("ck_incident_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(
        "uq_incident_open", "incident", ["kind", "subject"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "incident_boat",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("vessel_id", sa.Integer(), nullable=False),
        sa.Column("silent_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("incident_id", "event_key", name=op.f("pk_incident_boat")),
    )
    op.create_index(op.f("ix_incident_boat_vessel_id"), "incident_boat", ["vessel_id"], unique=False)
    op.create_table(
        "watch_case",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("vessel_id", sa.Integer(), nullable=True),
        sa.Column("transmitter_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_what", sa.String(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("assigned_to", sa.String(), nullable=True),
        sa.Column("lead", sa.String(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_watch_case_closed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_case")),
        sa.UniqueConstraint("number", name=op.f("uq_watch_case_number")),
    )
    op.create_index("ix_watch_case_changed_at", "watch_case", ["changed_at"], unique=False)
    op.create_index(
        "ix_watch_case_open",
        "watch_case",
        ["priority", "due_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(op.f("ix_watch_case_vessel_id"), "watch_case", ["vessel_id"], unique=False)
    op.create_table(
        "case_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["watch_case.id"], name=op.f("fk_case_entry_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
    )
    op.create_index(op.f("ix_case_entry_case_id"), "case_entry", ["case_id"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["watch_case.id"], name=op.f("fk_case_event_case_id")),
        sa.PrimaryKeyConstraint("event_key", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"], unique=False)
    op.execute(KEEP)
    for table in ("event", "case_entry"):
        op.execute(GUARD.format(table=table))


def downgrade() -> None:
    op.drop_index(op.f("ix_case_event_case_id"), table_name="case_event")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_case_entry_case_id"), table_name="case_entry")
    op.drop_table("case_entry")
    op.drop_index(op.f("ix_watch_case_vessel_id"), table_name="watch_case")
    op.drop_index("ix_watch_case_open", table_name="watch_case", postgresql_where=sa.text("state <> 'closed'"))
    op.drop_index("ix_watch_case_changed_at", table_name="watch_case")
    op.drop_table("watch_case")
    op.drop_index(op.f("ix_incident_boat_vessel_id"), table_name="incident_boat")
    op.drop_table("incident_boat")
    op.drop_index("uq_incident_open", table_name="incident", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_table("incident")
    op.drop_index("uq_event_current", table_name="event", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index("ix_event_vessels", table_name="event", postgresql_using="gin")
    op.drop_index(op.f("ix_event_stored_at"), table_name="event")
    op.drop_index("ix_event_conduct_began", table_name="event")
    op.drop_table("event")
    op.execute("DROP FUNCTION refuse_ledger_change()")
