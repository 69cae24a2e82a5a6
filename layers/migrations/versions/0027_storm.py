"""storms, bulletins, shelters."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0027_storm"
down_revision: str | None = "0026_seal"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# What a bulletin said stays as it was said; the function is that of the ledger (0023).
GROWING = ("storm", "forecast", "forecast_point", "dispatch", "shelter_state")
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()
"""


def upgrade() -> None:
    op.create_table(
        "boat_pace",
        sa.Column("vessel_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("usual_kn", sa.Double(), nullable=False),
        sa.Column("most_kn", sa.Double(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("vessel_id", name=op.f("pk_boat_pace")),
    )
    op.create_table(
        "sea_area",
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("ring", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sea_area")),
    )
    op.create_index(
        "uq_sea_area_current", "sea_area", ["code"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "shelter_state",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("port_code", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("occupied", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('real', 'simulated', 'replayed')", name=op.f("ck_shelter_state_origin")),
        sa.CheckConstraint("capacity >= 0 AND occupied >= 0", name=op.f("ck_shelter_state_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelter_state")),
    )
    op.create_index("ix_shelter_state_port_reported", "shelter_state", ["port_code", "reported_at"], unique=False)
    op.create_table(
        "storm",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('real', 'simulated', 'replayed')", name=op.f("ck_storm_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storm")),
        sa.UniqueConstraint("code", name=op.f("uq_storm_code")),
    )
    op.create_table(
        "wind_force",
        sa.Column("force", sa.SmallInteger(), nullable=False),
        sa.Column("min_kt", sa.Double(), nullable=False),
        sa.Column("max_kt", sa.Double(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("superseded_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wind_force")),
    )
    op.create_index(
        "uq_wind_force_current", "wind_force", ["code"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("areas", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('real', 'simulated', 'replayed')", name=op.f("ck_dispatch_origin")),
        sa.ForeignKeyConstraint(["corrects"], ["dispatch.id"], name=op.f("fk_dispatch_corrects")),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"], name=op.f("fk_dispatch_storm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("corrects", name=op.f("uq_dispatch_corrects")),
    )
    op.create_index(op.f("ix_dispatch_storm_id"), "dispatch", ["storm_id"], unique=False)
    op.create_table(
        "forecast",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("bulletin", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('real', 'simulated', 'replayed')", name=op.f("ck_forecast_origin")),
        sa.ForeignKeyConstraint(["corrects"], ["forecast.id"], name=op.f("fk_forecast_corrects")),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"], name=op.f("fk_forecast_storm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
        sa.UniqueConstraint("corrects", name=op.f("uq_forecast_corrects")),
    )
    op.create_index("ix_forecast_storm_issued", "forecast", ["storm_id", "issued_at"], unique=False)
    op.create_table(
        "forecast_point",
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("wind_kt", sa.Double(), nullable=True),
        sa.Column("radii", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said_in", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["forecast_id"], ["forecast.id"], name=op.f("fk_forecast_point_forecast_id")),
        sa.PrimaryKeyConstraint("forecast_id", "at", name=op.f("pk_forecast_point")),
    )
    for table in GROWING:
        op.execute(GUARD.format(table=table))


def downgrade() -> None:
    op.drop_table("forecast_point")
    op.drop_index("ix_forecast_storm_issued", table_name="forecast")
    op.drop_table("forecast")
    op.drop_index(op.f("ix_dispatch_storm_id"), table_name="dispatch")
    op.drop_table("dispatch")
    op.drop_index("uq_wind_force_current", table_name="wind_force", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_table("wind_force")
    op.drop_table("storm")
    op.drop_index("ix_shelter_state_port_reported", table_name="shelter_state")
    op.drop_table("shelter_state")
    op.drop_index("uq_sea_area_current", table_name="sea_area", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_table("sea_area")
    op.drop_table("boat_pace")
