"""policy of notifying, whom to call; slips and state of the watch."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024_policy"
down_revision: str | None = "0023_watch"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Whoever moves a device from boat to boat, both boats are to be judged anew from the moment it is about.
ASK = """
CREATE FUNCTION ask_watch_redo() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moment timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.valid_from = NEW.valid_from AND OLD.vessel_id = NEW.vessel_id THEN
        IF OLD.valid_to IS NOT DISTINCT FROM NEW.valid_to THEN RETURN NULL; END IF;
        moment := least(coalesce(OLD.valid_to, 'infinity'), coalesce(NEW.valid_to, 'infinity'));
    ELSIF TG_OP = 'INSERT' THEN moment := NEW.valid_from;
    ELSIF TG_OP = 'DELETE' THEN moment := OLD.valid_from;
    ELSE moment := least(OLD.valid_from, NEW.valid_from);
    END IF;
    INSERT INTO watch_redo AS w (boat, since)
    SELECT boat, moment FROM (
        SELECT 2 * OLD.vessel_id WHERE TG_OP <> 'INSERT' UNION SELECT 2 * OLD.transmitter_id + 1 WHERE TG_OP <> 'INSERT'
        UNION SELECT 2 * NEW.vessel_id WHERE TG_OP <> 'DELETE'
        UNION SELECT 2 * NEW.transmitter_id + 1 WHERE TG_OP <> 'DELETE') AS n (boat)
    ORDER BY boat ON CONFLICT (boat) DO UPDATE SET since = least(w.since, excluded.since);
    RETURN NULL;
END $$
"""
WATCHED = """
CREATE TRIGGER transmitter_on_vessel_watched AFTER INSERT OR UPDATE OR DELETE ON transmitter_on_vessel
FOR EACH ROW EXECUTE FUNCTION ask_watch_redo()
"""
# What lasts is asked for every second (the status of each boat), what may still need somebody every round.
LASTING = """
CREATE INDEX ix_event_lasting ON event (conduct, step, coalesce(ended_at, 'infinity'))
WHERE superseded_at IS NULL AND what <> 'withdrawn'
"""


def upgrade() -> None:
    op.create_table(
        "notify_policy",
        sa.Column("conduct", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("case_kind", sa.String(), nullable=True),
        sa.Column("patience_s", sa.Integer(), server_default="0", nullable=False),
        sa.Column("only_if", sa.String(), nullable=True),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("text_vi", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notify_policy")),
    )
    op.create_index(
        "uq_notify_policy_current",
        "notify_policy",
        ["code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "watch_redo",
        sa.Column("boat", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("boat", name=op.f("pk_watch_redo")),
    )
    op.create_table(
        "watch_slip",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("transmitters", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("t_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("t_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_slip")),
    )
    op.create_table(
        "watch_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watch_state")),
    )
    op.execute(LASTING)
    op.execute(ASK)
    op.execute(WATCHED)


def downgrade() -> None:
    op.execute("DROP TRIGGER transmitter_on_vessel_watched ON transmitter_on_vessel")
    op.execute("DROP FUNCTION ask_watch_redo()")
    op.execute("DROP INDEX ix_event_lasting")
    op.drop_table("watch_state")
    op.drop_table("watch_slip")
    op.drop_table("watch_redo")
    op.drop_index(
        "uq_notify_policy_current", table_name="notify_policy", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_table("notify_policy")
