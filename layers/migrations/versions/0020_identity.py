"""what transmitters said they were, kinds of stations, and numbers heard in two places."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020_identity"
down_revision: str | None = "0019_bus"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MID = "(20[1-9]|2[1-9][0-9]|[3-6][0-9][0-9]|7[0-6][0-9]|77[0-5])"
BUOY = (
    "(^|[^A-Z])(NET ?MARK(ER)?|NET ?BUOY|FISH(ING)? ?(NET|BUOY)|PHAO ?LUOI)([^A-Z]|$)"
    "|^BUOY[ -]?[0-9]*$|[0-9] ?\\u0025$|[0-9]{1,2}([.,]?[0-9]+)?V[0-9]?$"
)
STATION = f"""CASE
    WHEN NOT starts_with(key, 'mmsi:') THEN 'ship'
    WHEN key ~ '^mmsi:97[024]' THEN 'beacon'
    WHEN key ~ '^mmsi:111' THEN 'aircraft'
    WHEN key ~ '^mmsi:00' THEN 'coast'
    WHEN key ~ '^mmsi:0' THEN 'group'
    WHEN key ~ '^mmsi:99{MID}' THEN 'aid'
    WHEN name ~ '{BUOY}' THEN 'buoy'
    WHEN key ~ '^mmsi:98{MID}' THEN 'craft'
    WHEN key ~ '^mmsi:8{MID}' THEN 'handheld'
    WHEN key ~ '^mmsi:{MID}' OR key ~ '^mmsi:999' THEN 'ship'
    ELSE 'unassigned' END"""

# What the reports of before said, as spells: a silence of more than a day parts them.
SAID = """
INSERT INTO transmitter_said (transmitter_id, source_id, field, value, t_from, t_to)
SELECT transmitter_id, source_id, field, value, min(t), max(t) FROM (
    SELECT *, sum(begins) OVER (PARTITION BY transmitter_id, source_id, field, value ORDER BY t) AS spell FROM (
        SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY transmitter_id, source_id, field, value ORDER BY t)
                       <= interval '1 day' THEN 0 ELSE 1 END AS begins
        FROM (
            SELECT r.transmitter_id, r.source_id, n.field, r.body ->> n.told AS value, r.heard_at AS t
            FROM ais_report AS r
            CROSS JOIN (VALUES ('name', 'name'), ('callsign', 'callsign'), ('imo', 'imo'), ('ship_type', 'ship_type'))
                 AS n (field, told)
            WHERE r.msg_type IN (5, 24) AND r.body ->> n.told IS NOT NULL
        ) AS told
    ) AS parted
) AS whole GROUP BY transmitter_id, source_id, field, value, spell
"""


def upgrade() -> None:
    op.create_table(
        "transmitter_said",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transmitter_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("t_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("t_to", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transmitter_said")),
    )
    op.create_index("ix_transmitter_said_transmitter_id", "transmitter_said", ["transmitter_id", "field"])
    op.create_table(
        "transmitter_shared",
        sa.Column("transmitter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("t_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("t_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("apart_nm", sa.Float(), nullable=False),
        sa.Column("one_t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("one_lon", sa.Float(), nullable=False),
        sa.Column("one_lat", sa.Float(), nullable=False),
        sa.Column("one_fixes", sa.Integer(), nullable=False),
        sa.Column("other_t", sa.DateTime(timezone=True), nullable=False),
        sa.Column("other_lon", sa.Float(), nullable=False),
        sa.Column("other_lat", sa.Float(), nullable=False),
        sa.Column("other_fixes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("transmitter_id", "hour", name=op.f("pk_transmitter_shared")),
    )
    op.add_column("transmitter", sa.Column("station", sa.String(), sa.Computed(STATION, persisted=True)))
    op.execute(SAID)


def downgrade() -> None:
    op.drop_column("transmitter", "station")
    op.drop_table("transmitter_shared")
    op.drop_table("transmitter_said")
