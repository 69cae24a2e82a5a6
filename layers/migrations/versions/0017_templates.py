"""Templates of departments' forms, the files that came in them, what is expected by when, days swapped by decision."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0017_templates"
down_revision: str | None = "0016_books"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
CURRENT = sa.text("superseded_at IS NULL")
SWAPPED = "Hoán đổi ngày làm việc dịp Tết Dương lịch 2026 (thứ Sáu 02/01 và thứ Bảy 10/01), chưa xác minh"


def upgrade() -> None:
    op.create_table(
        "template",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_template"),
    )
    op.create_index("uq_template_current", "template", ["name", "valid_from"], unique=True, postgresql_where=CURRENT)
    op.create_index("ix_template_source", "template", ["source"])
    op.create_table(
        "department_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("given_by", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=True),
        sa.Column("checks", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_department_file"),
        sa.CheckConstraint("state IN ('taken', 'refused')", name="state"),
    )
    op.create_index("ix_department_file_sha256", "department_file", ["sha256"])
    op.create_index("ix_department_file_source", "department_file", ["source_id", "received_at"])
    op.create_table(
        "expected_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("every_months", sa.Integer(), nullable=False),
        sa.Column("due_kind", sa.String(), nullable=False),
        sa.Column("due_number", sa.Integer(), nullable=False),
        sa.Column("due_months", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_expected_delivery"),
        sa.CheckConstraint("due_kind IN ('workday', 'before')", name="due_kind"),
    )
    op.create_index(
        "uq_expected_delivery_current",
        "expected_delivery",
        ["source", "template", "valid_from"],
        unique=True,
        postgresql_where=CURRENT,
    )
    days = op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_calendar_day"),
    )
    swapped = ((date(2026, 1, 2), False), (date(2026, 1, 10), True))
    op.bulk_insert(days, [{"day": d, "works": works, "note": SWAPPED, "verified": False} for d, works in swapped])


def downgrade() -> None:
    for table in ("calendar_day", "expected_delivery", "department_file", "template"):
        op.drop_table(table)
