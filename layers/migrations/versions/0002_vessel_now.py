"""the view of each boat as it stands now, and the counter of fact ids."""

from collections.abc import Sequence

from alembic import op

revision: str = "0002_vessel_now"
down_revision: str | None = "0001_the_spine"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Heard devices first (joined to their boat), then boats nobody has heard yet: UNION ALL lets a
# filter on geom reach the live table's index.
VIEW = """
CREATE VIEW vessel_now AS
SELECT CASE WHEN v.id IS NULL THEN 't' || d.id ELSE 'v' || v.id END AS id,
       v.id AS vessel_id, d.id AS transmitter_id, v.code AS reg_no,
       coalesce(v.code, d.name, replace(d.key, 'mmsi:', 'MMSI ')) AS label,
       coalesce(v.name, d.name) AS name,
       coalesce(v.search, d.name_folded, '') || ' ' || d.key AS search,
       coalesce(v.digits, regexp_replace(d.key, '\\D', '', 'g')) AS digits,
       v.length_m, v.gear, v.home_port, v.cell_id, d.kind,
       l.t, l.heard_at, l.stored_at, l.lon_e7, l.lat_e7, l.sog_dkn, l.cog_ddeg, l.in_port,
       l.source_id, l.version, l.geom
FROM live AS l
JOIN transmitter AS d ON d.id = l.transmitter_id
LEFT JOIN vessel AS v ON v.id = l.vessel_id AND v.superseded_at IS NULL
WHERE l.counted
UNION ALL
SELECT 'v' || v.id, v.id, NULL, v.code, v.code, v.name, v.search, v.digits, v.length_m, v.gear, v.home_port,
       v.cell_id, 'none', NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, v.source_id, 0, NULL
FROM vessel AS v
WHERE v.superseded_at IS NULL AND NOT EXISTS (SELECT 1 FROM live AS l WHERE l.vessel_id = v.id AND l.counted)
"""


def upgrade() -> None:
    op.execute("CREATE SEQUENCE fact_id AS integer")
    op.execute(VIEW)


def downgrade() -> None:
    op.execute("DROP VIEW vessel_now")
    op.execute("DROP SEQUENCE fact_id")
