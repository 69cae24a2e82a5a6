"""Reminders, what is expected by whom, what the scoreboard weighs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0034_reminders"
down_revision: str | None = "0033_approvals"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


MOMENT = sa.DateTime(timezone=True)
CURRENT = sa.text("superseded_at IS NULL")
GUARD = """
CREATE TRIGGER reminder_not_deleted BEFORE DELETE ON reminder
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()
"""


def kept() -> tuple[sa.Column, ...]:
    """When a row was stored and superseded, by whom and why."""
    return (
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
    )


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("policy", sa.String(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("escalates_to", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("state_by", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("uid", sa.String(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'missed')", name=op.f("ck_reminder_state")),
        sa.CheckConstraint("way IN ('axis', 'letter')", name=op.f("ck_reminder_way")),
        sa.CheckConstraint("(step = 0) = (made_by IS NOT NULL)", name=op.f("ck_reminder_by_hand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("uid", name=op.f("uq_reminder_uid")),
    )
    op.create_index("ix_reminder_made_at", "reminder", ["made_at"], unique=False)
    op.create_index(
        "ix_reminder_waiting", "reminder", ["id"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "uq_reminder_by_hand",
        "reminder",
        ["source", "what", "template", "period_from", "planned_on"],
        unique=True,
        postgresql_where=sa.text("step = 0"),
    )
    op.create_index(
        "uq_reminder_step",
        "reminder",
        ["source", "what", "template", "period_from", "step"],
        unique=True,
        postgresql_where=sa.text("step > 0"),
    )
    op.execute(GUARD)
    op.create_table(
        "reminder_limit",
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("follows_vi", sa.String(), nullable=False),
        sa.Column("follows_en", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *kept(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_limit")),
    )
    op.create_index("uq_reminder_limit_current", "reminder_limit", ["code"], unique=True, postgresql_where=CURRENT)
    op.create_table(
        "reminder_step",
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("pauses", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("escalates_to", sa.String(), nullable=True),
        sa.Column("only_source", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *kept(),
        sa.CheckConstraint("side IN ('before', 'after')", name=op.f("ck_reminder_step_side")),
        sa.CheckConstraint("way IN ('axis', 'letter')", name=op.f("ck_reminder_step_way")),
        sa.CheckConstraint(
            "step BETWEEN 1 AND 9 AND days BETWEEN 0 AND 60 AND hour BETWEEN 0 AND 23",
            name=op.f("ck_reminder_step_numbers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_step")),
    )
    op.create_index("uq_reminder_step_current", "reminder_step", ["code"], unique=True, postgresql_where=CURRENT)
    op.create_table(
        "score_weight",
        sa.Column("pillar", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=True),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("defined_vi", sa.String(), nullable=False),
        sa.Column("defined_en", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *kept(),
        sa.CheckConstraint("pillar IN ('dung', 'du', 'sach', 'song')", name=op.f("ck_score_weight_pillar")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_score_weight_weight")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_weight")),
    )
    op.create_index("uq_score_weight_current", "score_weight", ["code"], unique=True, postgresql_where=CURRENT)
    op.add_column("expected_delivery", sa.Column("what", sa.String(), server_default="template", nullable=False))
    op.add_column("expected_delivery", sa.Column("agency_code", sa.String(), nullable=True))
    op.add_column("expected_delivery", sa.Column("code", sa.String(), nullable=True))
    op.execute("UPDATE expected_delivery SET code = concat_ws('.', source, what, template, valid_from)")
    op.alter_column("expected_delivery", "code", nullable=False)
    op.add_column("expected_delivery", sa.Column("stored_at", MOMENT, server_default=sa.text("now()"), nullable=False))
    op.add_column("expected_delivery", sa.Column("stored_by", sa.String(), nullable=True))
    op.add_column("expected_delivery", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("expected_delivery", sa.Column("superseded_by", sa.String(), nullable=True))
    op.add_column("expected_delivery", sa.Column("superseded_reason", sa.String(), nullable=True))
    op.alter_column("expected_delivery", "id", existing_type=sa.BIGINT(), type_=sa.Integer(), existing_nullable=False)
    op.drop_index(op.f("uq_expected_delivery_current"), table_name="expected_delivery", postgresql_where=CURRENT)
    op.create_index(
        "uq_expected_delivery_current", "expected_delivery", ["code"], unique=True, postgresql_where=CURRENT
    )
    op.create_index(
        "uq_expected_delivery_named",
        "expected_delivery",
        ["source", "what", "template", "valid_from"],
        unique=True,
        postgresql_where=CURRENT,
    )


def downgrade() -> None:
    op.drop_index("uq_expected_delivery_named", table_name="expected_delivery", postgresql_where=CURRENT)
    op.drop_index("uq_expected_delivery_current", table_name="expected_delivery", postgresql_where=CURRENT)
    op.create_index(
        op.f("uq_expected_delivery_current"),
        "expected_delivery",
        ["source", "template", "valid_from"],
        unique=True,
        postgresql_where=CURRENT,
    )
    op.alter_column("expected_delivery", "id", existing_type=sa.Integer(), type_=sa.BIGINT(), existing_nullable=False)
    op.drop_column("expected_delivery", "superseded_reason")
    op.drop_column("expected_delivery", "superseded_by")
    op.drop_column("expected_delivery", "reason")
    op.drop_column("expected_delivery", "stored_by")
    op.drop_column("expected_delivery", "stored_at")
    op.drop_column("expected_delivery", "code")
    op.drop_column("expected_delivery", "agency_code")
    op.drop_column("expected_delivery", "what")
    op.drop_index("uq_score_weight_current", table_name="score_weight", postgresql_where=CURRENT)
    op.drop_table("score_weight")
    op.drop_index("uq_reminder_step_current", table_name="reminder_step", postgresql_where=CURRENT)
    op.drop_table("reminder_step")
    op.drop_index("uq_reminder_limit_current", table_name="reminder_limit", postgresql_where=CURRENT)
    op.drop_table("reminder_limit")
    op.drop_index("uq_reminder_step", table_name="reminder", postgresql_where=sa.text("step > 0"))
    op.drop_index("uq_reminder_by_hand", table_name="reminder", postgresql_where=sa.text("step = 0"))
    op.drop_index("ix_reminder_waiting", table_name="reminder", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("ix_reminder_made_at", table_name="reminder")
    op.drop_table("reminder")
