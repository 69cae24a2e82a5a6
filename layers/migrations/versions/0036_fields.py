"""small counts kept from readers: diseases, the rule, the counts of epidemics, and figures told by the week."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036_fields"
down_revision: str | None = "0035_counted"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

PERIOD = "ck_indicator_period"
CURRENT = sa.text("superseded_at IS NULL")
IN_FORCE = sa.text("superseded_at IS NULL AND retracted_at IS NULL")


def kept(number: sa.types.TypeEngine) -> tuple[sa.Column, ...]:
    """When a row was stored and superseded, by whom and why."""
    return (
        sa.Column("id", number, sa.Identity(always=False), primary_key=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
    )


def dated(until: bool) -> tuple[sa.Column, ...]:
    """Whose word a row is, from when to when it holds, when it was stored and superseded, by whom and why."""
    return (
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=until),
        *kept(sa.Integer()),
    )


def create_dated(name: str, *columns: sa.schema.SchemaItem, until: bool = True) -> None:
    """A table of dated rows, one in force per code; `until`: a row may be without an end."""
    op.create_table(name, *columns, *dated(until))
    op.create_index(f"uq_{name}_current", name, ["code"], unique=True, postgresql_where=CURRENT)


def change_periods(*periods: str) -> None:
    """Let indicators be told by these periods."""
    op.execute(f"ALTER TABLE indicator DROP CONSTRAINT {PERIOD}")
    told = ", ".join(f"'{period}'" for period in periods)
    op.execute(f"ALTER TABLE indicator ADD CONSTRAINT {PERIOD} CHECK (period IN ({told}))")


def create_topics() -> None:
    """Topics, the rule of rising ones, the counts by day and kind of place."""
    named = (sa.Column("name_vi", sa.String(), nullable=False), sa.Column("name_en", sa.String(), nullable=False))
    create_dated("topic", *named)
    whole = [sa.Column(name, sa.SmallInteger(), nullable=False) for name in ("days", "base_days", "least_told")]
    ratio, least = sa.Column("ratio", sa.Numeric(), nullable=False), sa.Column("least", sa.Integer(), nullable=False)
    create_dated("topic_rule", *whole, ratio, least)
    op.create_table(
        "topic_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), primary_key=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("positive", "neutral", "negative")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("spread", "reach")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("to_answer", "answered")),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "platform IN ('news', 'forum', 'social', 'video', 'blog')", name=op.f("ck_topic_day_platform")
        ),
    )
    key = ["source_id", "topic", "day", "platform"]
    op.create_index("uq_topic_day_current", "topic_day", key, unique=True, postgresql_where=IN_FORCE)
    op.create_index("ix_topic_day_paper", "topic_day", ["paper_id"])


def upgrade() -> None:
    create_dated("disclosure_rule", sa.Column("least", sa.SmallInteger(), nullable=False))
    create_dated(
        "disease",
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
    )
    op.create_table(
        "epidemic_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("disease", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("measure IN ('cases', 'deaths')", name=op.f("ck_epidemic_count_measure")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_epidemic_count_value")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epidemic_count")),
    )
    op.create_index("ix_epidemic_count_delivery", "epidemic_count", ["delivery_id"])
    create_dated(
        "holiday",
        sa.Column("holiday", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.CheckConstraint("calendar IN ('lunar', 'solar')", name=op.f("ck_holiday_calendar")),
        until=False,
    )
    op.create_index("ix_holiday_holiday", "holiday", ["holiday"])
    create_dated(
        "source_rank",
        sa.Column("indicators", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("source_code", sa.String(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
    )
    op.create_table(
        "figure_choice",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=True),
        *kept(sa.BigInteger()),
    )
    figure = ["indicator", "subject_kind", "subject", "period_to"]
    op.create_index("uq_figure_choice_current", "figure_choice", ["code"], unique=True, postgresql_where=CURRENT)
    op.create_index("ix_figure_choice_figure", "figure_choice", figure)
    key = ["disease", "measure", "day", "unit"]
    op.create_index("uq_epidemic_count_current", "epidemic_count", key, unique=True, postgresql_where=IN_FORCE)
    create_topics()
    for table in ("figure", "observation"):
        op.add_column(table, sa.Column("withheld", sa.SmallInteger(), nullable=True))
    change_periods("day", "week", "month", "quarter", "year")


def downgrade() -> None:
    op.execute("DELETE FROM indicator WHERE period = 'week'")
    change_periods("day", "month", "quarter", "year")
    for table in ("figure", "observation"):
        op.drop_column(table, "withheld")
    op.drop_table("epidemic_count")
    for table in (
        "topic_day",
        "topic_rule",
        "topic",
        "figure_choice",
        "source_rank",
        "holiday",
        "disease",
        "disclosure_rule",
    ):
        op.drop_table(table)
