"""The pulse of sources, who answers for them, what became of rejects, and where every row came from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018_lineage"
down_revision: str | None = "0017_templates"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

COUNTS = ("lines", "messages", "stored", "duplicates", "refused")
AGES = ("within_1m", "within_10m", "within_1h", "within_6h", "within_1d", "later")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pulse()
    _people()
    _rejects()
    _origins()


def _pulse() -> None:
    op.create_table(
        "source_pulse",
        sa.Column("source_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*COUNTS, *AGES)),
        sa.Column("late_max_s", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "hour", name=op.f("pk_source_pulse")),
    )
    op.create_table(
        "process_hour",
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("up_s", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("process", "hour", name=op.f("pk_process_hour")),
    )


def _people() -> None:
    op.create_table(
        "source_contact",
        sa.Column("source_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_contact")),
    )
    op.create_table(
        "source_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=True),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_log")),
    )
    op.create_index("ix_source_log_source_id", "source_log", ["source_id", "id"])


def _rejects() -> None:
    op.add_column("reject", sa.Column("state", sa.String(), server_default="open", nullable=False))
    op.create_check_constraint(op.f("ck_reject_state"), "reject", "state IN ('open', 'replayed', 'set_aside')")
    op.add_column("reject", sa.Column("state_at", MOMENT, nullable=True))
    op.add_column("reject", sa.Column("state_by", sa.String(), nullable=True))
    op.add_column("reject", sa.Column("note", sa.String(), nullable=True))
    op.add_column("reject", sa.Column("into_id", sa.BigInteger(), nullable=True))
    op.add_column("reject", sa.Column("arrived_at", MOMENT, nullable=True))
    op.add_column("reject", sa.Column("faults", postgresql.JSONB(), nullable=True))
    op.add_column("reject", sa.Column("folded", sa.String(), server_default="", nullable=False))
    op.execute("UPDATE reject SET folded = lower(detail)")
    op.create_index("ix_reject_listed", "reject", ["source_id", "state", "id"])
    op.create_index("ix_reject_state", "reject", ["state", "id"])
    op.create_index("ix_reject_reason", "reject", ["source_id", "reason", "state", "id"])
    op.create_index("ix_reject_delivery", "reject", ["delivery_id", "state", "id"])
    op.create_table(
        "reject_tally",
        sa.Column("source_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("open", sa.Integer(), server_default="0", nullable=False),
        sa.Column("replayed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("set_aside", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("last_seen", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "reason", name=op.f("pk_reject_tally")),
    )
    op.execute(
        "INSERT INTO reject_tally (source_id, reason, open, seen, first_seen, last_seen)"
        " SELECT source_id, reason, count(*), sum(seen), min(first_seen), max(last_seen) FROM reject GROUP BY 1, 2"
    )
    op.create_table(
        "reject_replay",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("understood", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stored", sa.Integer(), server_default="0", nullable=False),
        sa.Column("noted_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("failed", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reject_replay")),
    )


def _origins() -> None:
    op.add_column("delivery", sa.Column("form", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("said", postgresql.JSONB(), nullable=True))
    op.add_column("delivery", sa.Column("prefaces", postgresql.ARRAY(sa.LargeBinary()), nullable=True))
    op.add_column("delivery", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    op.add_column("delivery", sa.Column("replay_of", sa.BigInteger(), nullable=True))
    op.create_index("ix_delivery_newest", "delivery", ["source_id", "id"])
    op.create_index("ix_delivery_parent_id", "delivery", ["parent_id"])
    op.add_column("transmitter_on_vessel", sa.Column("delivery_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "row_origin",
        sa.Column("delivery_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "code", name=op.f("pk_row_origin")),
    )


def downgrade() -> None:
    op.drop_table("row_origin")
    op.drop_column("transmitter_on_vessel", "delivery_id")
    op.drop_index("ix_delivery_parent_id", table_name="delivery")
    op.drop_index("ix_delivery_newest", table_name="delivery")
    for name in ("replay_of", "parent_id", "prefaces", "said", "form"):
        op.drop_column("delivery", name)
    op.drop_table("reject_replay")
    op.drop_table("reject_tally")
    for name in ("ix_reject_delivery", "ix_reject_state", "ix_reject_reason", "ix_reject_listed"):
        op.drop_index(name, table_name="reject")
    op.drop_constraint(op.f("ck_reject_state"), "reject", type_="check")
    for name in ("folded", "faults", "arrived_at", "into_id", "note", "state_by", "state_at", "state"):
        op.drop_column("reject", name)
    for name in ("source_log", "source_contact", "process_hour", "source_pulse"):
        op.drop_table(name)
