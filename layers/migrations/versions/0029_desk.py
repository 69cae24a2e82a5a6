"""groups of boats and zones that officers draw."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision: str = "0029_desk"
down_revision: str | None = "0028_shift"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("desk_id")))
    op.create_table(
        "boat_group",
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), server_default=sa.text("nextval('desk_id')"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_boat_group")),
    )
    op.create_index(op.f("ix_boat_group_id"), "boat_group", ["id"], unique=False)
    op.create_index(
        "uq_boat_group_current", "boat_group", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "boat_group_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("vessel", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boat_group_member")),
    )
    op.create_index(op.f("ix_boat_group_member_vessel"), "boat_group_member", ["vessel"], unique=False)
    op.create_index(
        "uq_boat_group_member",
        "boat_group_member",
        ["group_id", "vessel"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_geospatial_table(
        "own_zone",
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("color", sa.String(), nullable=False),
        sa.Column("warn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("came_as", sa.String(), nullable=False),
        sa.Column("geom", Geometry(geometry_type="MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), server_default=sa.text("nextval('desk_id')"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("stored_by", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_own_zone")),
    )
    op.create_geospatial_index(
        "idx_own_zone_geom", "own_zone", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_own_zone_id"), "own_zone", ["id"], unique=False)
    op.create_index(
        "uq_own_zone_current", "own_zone", ["id"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.create_table(
        "own_zone_passage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("zone_row_id", sa.Integer(), nullable=False),
        sa.Column("vessel", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_t", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_zone_passage")),
    )
    op.create_index("uq_own_zone_passage", "own_zone_passage", ["zone_id", "vessel", "way", "t"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_own_zone_passage", table_name="own_zone_passage")
    op.drop_table("own_zone_passage")
    op.drop_index("uq_own_zone_current", table_name="own_zone", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_own_zone_id"), table_name="own_zone")
    op.drop_geospatial_index("idx_own_zone_geom", table_name="own_zone", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("own_zone")
    op.drop_index(
        "uq_boat_group_member", table_name="boat_group_member", postgresql_where=sa.text("removed_at IS NULL")
    )
    op.drop_index(op.f("ix_boat_group_member_vessel"), table_name="boat_group_member")
    op.drop_table("boat_group_member")
    op.drop_index("uq_boat_group_current", table_name="boat_group", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_boat_group_id"), table_name="boat_group")
    op.drop_table("boat_group")
    op.execute(sa.schema.DropSequence(sa.Sequence("desk_id")))
