"""schools, tourist sites, one-stop shops, citizens' reports, zones, boundaries; the denominator of a ratio."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision: str = "0004_breadth"
down_revision: str | None = "0003_cell_sum"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_geospatial_table(
        "boundary",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTILINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cell_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_boundary")),
    )
    op.create_geospatial_index(
        "idx_boundary_geom", "boundary", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_boundary_cell_id"), "boundary", ["cell_id"], unique=False)
    op.create_index(op.f("ix_boundary_id"), "boundary", ["id"], unique=False)
    op.create_index(
        "uq_boundary_current",
        "boundary",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_geospatial_table(
        "citizen_report",
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("precision_m", sa.Integer(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cell_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_citizen_report")),
    )
    op.create_geospatial_index(
        "idx_citizen_report_geom", "citizen_report", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_citizen_report_cell_id"), "citizen_report", ["cell_id"], unique=False)
    op.create_index(op.f("ix_citizen_report_id"), "citizen_report", ["id"], unique=False)
    op.create_index(
        "uq_citizen_report_current",
        "citizen_report",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_geospatial_table(
        "one_stop_shop",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=True),
        sa.Column("resolved", sa.Integer(), nullable=True),
        sa.Column("on_time", sa.Integer(), nullable=True),
        sa.Column("overdue", sa.Integer(), nullable=True),
        sa.Column("precision_m", sa.Integer(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cell_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_one_stop_shop")),
    )
    op.create_geospatial_index(
        "idx_one_stop_shop_geom", "one_stop_shop", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_one_stop_shop_cell_id"), "one_stop_shop", ["cell_id"], unique=False)
    op.create_index(op.f("ix_one_stop_shop_id"), "one_stop_shop", ["id"], unique=False)
    op.create_index(
        "uq_one_stop_shop_current",
        "one_stop_shop",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_geospatial_table(
        "school",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("teachers", sa.Integer(), nullable=True),
        sa.Column("classrooms", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("precision_m", sa.Integer(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cell_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_school")),
    )
    op.create_geospatial_index(
        "idx_school_geom", "school", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_school_cell_id"), "school", ["cell_id"], unique=False)
    op.create_index(op.f("ix_school_id"), "school", ["id"], unique=False)
    op.create_index(
        "uq_school_current",
        "school",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_geospatial_table(
        "tourist_site",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rank", sa.String(), nullable=True),
        sa.Column("rooms", sa.Integer(), nullable=True),
        sa.Column("visitors", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("precision_m", sa.Integer(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cell_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_tourist_site")),
    )
    op.create_geospatial_index(
        "idx_tourist_site_geom", "tourist_site", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_tourist_site_cell_id"), "tourist_site", ["cell_id"], unique=False)
    op.create_index(op.f("ix_tourist_site_id"), "tourist_site", ["id"], unique=False)
    op.create_index(
        "uq_tourist_site_current",
        "tourist_site",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_geospatial_table(
        "zone",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row_id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cell_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_zone")),
    )
    op.create_geospatial_index(
        "idx_zone_geom", "zone", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_zone_cell_id"), "zone", ["cell_id"], unique=False)
    op.create_index(op.f("ix_zone_id"), "zone", ["id"], unique=False)
    op.create_index(
        "uq_zone_current", "zone", ["source_id", "code"], unique=True, postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.add_column("cell_sum", sa.Column("denominator", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("cell_sum", "denominator")
    op.drop_index("uq_zone_current", table_name="zone", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_zone_id"), table_name="zone")
    op.drop_index(op.f("ix_zone_cell_id"), table_name="zone")
    op.drop_geospatial_index("idx_zone_geom", table_name="zone", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("zone")
    op.drop_index(
        "uq_tourist_site_current", table_name="tourist_site", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_index(op.f("ix_tourist_site_id"), table_name="tourist_site")
    op.drop_index(op.f("ix_tourist_site_cell_id"), table_name="tourist_site")
    op.drop_geospatial_index(
        "idx_tourist_site_geom", table_name="tourist_site", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("tourist_site")
    op.drop_index("uq_school_current", table_name="school", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_school_id"), table_name="school")
    op.drop_index(op.f("ix_school_cell_id"), table_name="school")
    op.drop_geospatial_index("idx_school_geom", table_name="school", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("school")
    op.drop_index(
        "uq_one_stop_shop_current", table_name="one_stop_shop", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_index(op.f("ix_one_stop_shop_id"), table_name="one_stop_shop")
    op.drop_index(op.f("ix_one_stop_shop_cell_id"), table_name="one_stop_shop")
    op.drop_geospatial_index(
        "idx_one_stop_shop_geom", table_name="one_stop_shop", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("one_stop_shop")
    op.drop_index(
        "uq_citizen_report_current", table_name="citizen_report", postgresql_where=sa.text("superseded_at IS NULL")
    )
    op.drop_index(op.f("ix_citizen_report_id"), table_name="citizen_report")
    op.drop_index(op.f("ix_citizen_report_cell_id"), table_name="citizen_report")
    op.drop_geospatial_index(
        "idx_citizen_report_geom", table_name="citizen_report", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("citizen_report")
    op.drop_index("uq_boundary_current", table_name="boundary", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_boundary_id"), table_name="boundary")
    op.drop_index(op.f("ix_boundary_cell_id"), table_name="boundary")
    op.drop_geospatial_index("idx_boundary_geom", table_name="boundary", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("boundary")
