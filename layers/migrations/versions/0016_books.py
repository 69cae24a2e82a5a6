"""The fisheries' other books, what joins them, where they disagree, and who looked at what is personal."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0016_books"
down_revision: str | None = "0015_work"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MARKED = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_BARE = "aaaaaaaaaaaaaaaaadeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyy"


def _key(column: str) -> str:
    return f"upper(regexp_replace(translate(lower({column}), '{_MARKED}', '{_BARE}'), '[^a-z0-9]', '', 'g'))"


# Each boat once: the row that leads among the registers that hold it (a unique index sees to it that it is one).
VIEW = """
CREATE OR REPLACE VIEW vessel_now AS
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
LEFT JOIN vessel AS v ON v.id = l.vessel_id AND v.{which}
WHERE l.counted
UNION ALL
SELECT 'v' || v.id, v.id, NULL, v.code, v.code, v.name, v.search, v.digits, v.length_m, v.gear, v.home_port,
       v.cell_id, 'none', NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, v.source_id, 0, NULL
FROM vessel AS v
WHERE v.{which} AND NOT EXISTS (SELECT 1 FROM live AS l WHERE l.vessel_id = v.id AND l.counted)
"""
# Registers of before held a boat each for itself: what bears one number becomes one boat, the first.
ONE_BOAT = """
CREATE TEMP TABLE same_boat ON COMMIT DROP AS
SELECT DISTINCT v.id AS gone, f.keep FROM vessel AS v
JOIN (SELECT reg_key, min(id) AS keep FROM vessel GROUP BY reg_key) AS f ON f.reg_key = v.reg_key AND f.keep <> v.id;
INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, valid_to, source_id)
SELECT x.transmitter_id, s.keep, x.valid_from, x.valid_to, x.source_id
FROM transmitter_on_vessel AS x JOIN same_boat AS s ON s.gone = x.vessel_id ON CONFLICT DO NOTHING;
DELETE FROM transmitter_on_vessel WHERE vessel_id IN (SELECT gone FROM same_boat);
UPDATE live AS l SET vessel_id = s.keep FROM same_boat AS s WHERE l.vessel_id = s.gone;
UPDATE live AS l SET counted = false WHERE l.vessel_id IN (SELECT keep FROM same_boat) AND EXISTS (
    SELECT FROM live AS o WHERE o.vessel_id = l.vessel_id AND (o.t, -o.transmitter_id) > (l.t, -l.transmitter_id));
UPDATE vessel AS v SET id = s.keep FROM same_boat AS s WHERE v.id = s.gone;
UPDATE vessel SET leads = false WHERE row_id NOT IN (
    SELECT DISTINCT ON (id) row_id FROM vessel WHERE superseded_at IS NULL ORDER BY id, source_id, row_id);
INSERT INTO vessel_number (reg_key, vessel_id, shown, source_id, delivery_id)
SELECT DISTINCT ON (reg_key) reg_key, id, code, source_id, delivery_id FROM vessel
WHERE superseded_at IS NULL ORDER BY reg_key, row_id;
"""


def upgrade() -> None:  # noqa: PLR0915 - every table of a book
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "book_touch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_touch")),
    )
    op.create_table(
        "catch_log",
        sa.Column("logbook_no", sa.String(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("species", sa.String(), nullable=False),
        sa.Column("kg", sa.Double(), nullable=False),
        sa.Column("vessel_no", sa.String(), nullable=False),
        sa.Column(
            "reg_key",
            sa.String(),
            sa.Computed(
                _key("vessel_no"),
                persisted=True,
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
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_catch_log")),
    )
    op.create_index(op.f("ix_catch_log_cell_id"), "catch_log", ["cell_id"], unique=False)
    op.create_index(op.f("ix_catch_log_id"), "catch_log", ["id"], unique=False)
    op.create_index(op.f("ix_catch_log_reg_key"), "catch_log", ["reg_key"], unique=False)
    op.create_index(
        "uq_catch_log_current",
        "catch_log",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "disagreement",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("vessel_id", sa.Integer(), nullable=True),
        sa.Column("reg_key", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("one", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("other", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default="new", nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("state_by", sa.String(), nullable=True),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('new', 'checking', 'settled')", name=op.f("ck_disagreement_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disagreement")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_disagreement_kind_subject")),
    )
    op.create_index(op.f("ix_disagreement_vessel_id"), "disagreement", ["vessel_id"], unique=False)
    op.create_table(
        "disagreement_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("disagreement_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("one", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("other", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disagreement_step")),
    )
    op.create_index(
        op.f("ix_disagreement_step_disagreement_id"), "disagreement_step", ["disagreement_id"], unique=False
    )
    op.create_table(
        "landing",
        sa.Column("receipt_no", sa.String(), nullable=False),
        sa.Column("port", sa.String(), nullable=False),
        sa.Column("species", sa.String(), nullable=False),
        sa.Column("kg", sa.Double(), nullable=False),
        sa.Column("certificate", sa.String(), nullable=True),
        sa.Column("vessel_no", sa.String(), nullable=False),
        sa.Column(
            "reg_key",
            sa.String(),
            sa.Computed(
                _key("vessel_no"),
                persisted=True,
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
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_landing")),
    )
    op.create_index(op.f("ix_landing_cell_id"), "landing", ["cell_id"], unique=False)
    op.create_index(op.f("ix_landing_id"), "landing", ["id"], unique=False)
    op.create_index(op.f("ix_landing_reg_key"), "landing", ["reg_key"], unique=False)
    op.create_index(
        "uq_landing_current",
        "landing",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "penalty",
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("conduct", sa.String(), nullable=False),
        sa.Column("decree", sa.String(), nullable=True),
        sa.Column("article", sa.String(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("measures", sa.String(), nullable=True),
        sa.Column("vessel_no", sa.String(), nullable=False),
        sa.Column(
            "reg_key",
            sa.String(),
            sa.Computed(
                _key("vessel_no"),
                persisted=True,
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
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_penalty")),
    )
    op.create_index(op.f("ix_penalty_cell_id"), "penalty", ["cell_id"], unique=False)
    op.create_index(op.f("ix_penalty_id"), "penalty", ["id"], unique=False)
    op.create_index(op.f("ix_penalty_reg_key"), "penalty", ["reg_key"], unique=False)
    op.create_index(
        "uq_penalty_current",
        "penalty",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "port_call",
        sa.Column("keeper", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("crew", sa.Integer(), nullable=True),
        sa.Column("captain", sa.String(), nullable=True),
        sa.Column("gear", sa.String(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("return_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("vessel_no", sa.String(), nullable=False),
        sa.Column(
            "reg_key",
            sa.String(),
            sa.Computed(
                _key("vessel_no"),
                persisted=True,
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
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_port_call")),
    )
    op.create_index(op.f("ix_port_call_cell_id"), "port_call", ["cell_id"], unique=False)
    op.create_index(op.f("ix_port_call_id"), "port_call", ["id"], unique=False)
    op.create_index(op.f("ix_port_call_reg_key"), "port_call", ["reg_key"], unique=False)
    op.create_index(
        "uq_port_call_current",
        "port_call",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "register_rank",
        sa.Column("source_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_register_rank")),
    )
    op.create_table(
        "renumbering",
        sa.Column("old_no", sa.String(), nullable=False),
        sa.Column("new_no", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "old_key",
            sa.String(),
            sa.Computed(
                _key("old_no"),
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "new_key",
            sa.String(),
            sa.Computed(
                _key("new_no"),
                persisted=True,
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
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_renumbering")),
    )
    op.create_index(op.f("ix_renumbering_cell_id"), "renumbering", ["cell_id"], unique=False)
    op.create_index(op.f("ix_renumbering_id"), "renumbering", ["id"], unique=False)
    op.create_index(
        "uq_renumbering_current",
        "renumbering",
        ["source_id", "code"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "vessel_number",
        sa.Column("reg_key", sa.String(), nullable=False),
        sa.Column("vessel_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_id", sa.SmallInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reg_key", name=op.f("pk_vessel_number")),
    )
    op.create_index(op.f("ix_vessel_number_vessel_id"), "vessel_number", ["vessel_id"], unique=False)
    op.add_column("vessel", sa.Column("power_kw", sa.Double(), nullable=True))
    op.add_column("vessel", sa.Column("second_gear", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("hull", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("built_year", sa.Integer(), nullable=True))
    op.add_column("vessel", sa.Column("licence_no", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("licence_to", sa.Date(), nullable=True))
    op.add_column("vessel", sa.Column("inspected_to", sa.Date(), nullable=True))
    op.add_column("vessel", sa.Column("food_safety_to", sa.Date(), nullable=True))
    op.add_column("vessel", sa.Column("owner", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("owner_phone", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("captain", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("captain_phone", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("crew", sa.Integer(), nullable=True))
    op.add_column("vessel", sa.Column("official", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("state", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("vms_provider", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("vms_device_id", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("vms_seal", sa.String(), nullable=True))
    op.add_column("vessel", sa.Column("vms_from", sa.Date(), nullable=True))
    op.add_column("vessel", sa.Column("vms_to", sa.Date(), nullable=True))
    op.add_column("vessel", sa.Column("leads", sa.Boolean(), server_default="true", nullable=False))
    op.add_column(
        "vessel",
        sa.Column(
            "reg_key",
            sa.String(),
            sa.Computed(
                _key("code"),
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.create_index(op.f("ix_vessel_reg_key"), "vessel", ["reg_key"], unique=False)
    op.execute(ONE_BOAT)
    op.create_index("uq_vessel_leads", "vessel", ["id"], unique=True, postgresql_where=sa.text("leads"))
    op.execute(VIEW.format(which="leads"))


def downgrade() -> None:  # noqa: PLR0915
    op.execute(VIEW.format(which="superseded_at IS NULL"))
    op.drop_index("uq_vessel_leads", table_name="vessel", postgresql_where=sa.text("leads"))
    op.drop_index(op.f("ix_vessel_reg_key"), table_name="vessel")
    op.drop_column("vessel", "reg_key")
    op.drop_column("vessel", "leads")
    op.drop_column("vessel", "vms_to")
    op.drop_column("vessel", "vms_from")
    op.drop_column("vessel", "vms_seal")
    op.drop_column("vessel", "vms_device_id")
    op.drop_column("vessel", "vms_provider")
    op.drop_column("vessel", "state")
    op.drop_column("vessel", "official")
    op.drop_column("vessel", "crew")
    op.drop_column("vessel", "captain_phone")
    op.drop_column("vessel", "captain")
    op.drop_column("vessel", "owner_phone")
    op.drop_column("vessel", "owner")
    op.drop_column("vessel", "food_safety_to")
    op.drop_column("vessel", "inspected_to")
    op.drop_column("vessel", "licence_to")
    op.drop_column("vessel", "licence_no")
    op.drop_column("vessel", "built_year")
    op.drop_column("vessel", "hull")
    op.drop_column("vessel", "second_gear")
    op.drop_column("vessel", "power_kw")
    op.drop_index(op.f("ix_vessel_number_vessel_id"), table_name="vessel_number")
    op.drop_table("vessel_number")
    op.drop_index("uq_renumbering_current", table_name="renumbering", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_renumbering_id"), table_name="renumbering")
    op.drop_index(op.f("ix_renumbering_cell_id"), table_name="renumbering")
    op.drop_table("renumbering")
    op.drop_table("register_rank")
    op.drop_index("uq_port_call_current", table_name="port_call", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_port_call_reg_key"), table_name="port_call")
    op.drop_index(op.f("ix_port_call_id"), table_name="port_call")
    op.drop_index(op.f("ix_port_call_cell_id"), table_name="port_call")
    op.drop_table("port_call")
    op.drop_index("uq_penalty_current", table_name="penalty", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_penalty_reg_key"), table_name="penalty")
    op.drop_index(op.f("ix_penalty_id"), table_name="penalty")
    op.drop_index(op.f("ix_penalty_cell_id"), table_name="penalty")
    op.drop_table("penalty")
    op.drop_index("uq_landing_current", table_name="landing", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_landing_reg_key"), table_name="landing")
    op.drop_index(op.f("ix_landing_id"), table_name="landing")
    op.drop_index(op.f("ix_landing_cell_id"), table_name="landing")
    op.drop_table("landing")
    op.drop_index(op.f("ix_disagreement_step_disagreement_id"), table_name="disagreement_step")
    op.drop_table("disagreement_step")
    op.drop_index(op.f("ix_disagreement_vessel_id"), table_name="disagreement")
    op.drop_table("disagreement")
    op.drop_index("uq_catch_log_current", table_name="catch_log", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_catch_log_reg_key"), table_name="catch_log")
    op.drop_index(op.f("ix_catch_log_id"), table_name="catch_log")
    op.drop_index(op.f("ix_catch_log_cell_id"), table_name="catch_log")
    op.drop_table("catch_log")
    op.drop_table("book_touch")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_table("audit")
