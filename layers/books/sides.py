"""How a row of a book becomes one side of a disagreement, and what is compared beside the tables themselves."""

from layers.folding import BARE, MARKED


def fold_sql(column: str) -> str:
    """A text column without case and dấu."""
    return f"translate(lower({column}), '{MARKED}', '{BARE}')"


def side(row: str, book: str, value: str, person: str = "NULL") -> str:
    """The side told by `row` (an alias): which book, source, delivery, entry, when, and what it says.

    `book` and `value` are SQL; `person` is the part that only some roles may read.
    """
    return (
        f"jsonb_strip_nulls(jsonb_build_object('book', {book}, 'source', {row}.source_id, 'delivery',"
        f" {row}.delivery_id, 'code', {row}.code, 't', {row}.t, 'heard_at', {row}.heard_at, 'person', {person}))"
        f" || jsonb_build_object('value', {value})"
    )


def register_side(row: str, *columns: str) -> str:
    """A side told by a register: its number, and these columns of it."""
    told = "".join(f", '{name}', {row}.{name}" for name in columns)
    return side(row, "'vessel'", f"jsonb_build_object('reg_no', {row}.code{told})")


def call_side(row: str) -> str:
    """A side told by an entry of a departure or arrival."""
    names = ("direction", "station", "crew", "ground", "document")
    told = ", ".join(f"'{name}', {row}.{name}" for name in names)
    return side(row, f"{row}.keeper || '_call'", f"jsonb_strip_nulls(jsonb_build_object({told}))")


def nothing(book: str) -> str:
    """The side of a book that has no such entry."""
    return f"jsonb_build_object('book', {book}, 'value', jsonb_build_object('none', true))"


VMS = (
    "jsonb_build_object('book', 'vms', 'source', l.source_id, 'code', d.key, 't', l.t, 'heard_at', l.heard_at, 'value',"
    " jsonb_build_object('in_port', l.in_port, 'lon', l.lon_e7 / 1e7, 'lat', l.lat_e7 / 1e7,"
    " 'sog_kn', l.sog_dkn / 10.0))"
)

TABLES = (
    # Departures and arrivals of late, with the boat each is about: a boat, or a number no register has.
    """
    CREATE TEMP TABLE weigh_call ON COMMIT DROP AS
    SELECT c.*, n.vessel_id, coalesce('v' || n.vessel_id, c.reg_key) AS boat
    FROM port_call AS c LEFT JOIN vessel_number AS n ON n.reg_key = c.reg_key
    WHERE c.superseded_at IS NULL AND c.t > %(since)s AND c.t <= %(now)s
    """,
    "CREATE INDEX ON weigh_call (boat, direction, t)",
    "ANALYZE weigh_call",
    """
    CREATE TEMP TABLE weigh_last ON COMMIT DROP AS
    SELECT DISTINCT ON (boat, keeper) * FROM weigh_call ORDER BY boat, keeper, t DESC, row_id DESC
    """,
    """
    CREATE TEMP TABLE weigh_newest ON COMMIT DROP AS
    SELECT DISTINCT ON (boat) * FROM weigh_last ORDER BY boat, t DESC, row_id DESC
    """,
    """
    CREATE TEMP TABLE weigh_found (kind text, subject text, vessel_id int4, reg_key text, since timestamptz, one jsonb,
                                   other jsonb, PRIMARY KEY (kind, subject)) ON COMMIT DROP
    """,
)
"""Made anew for every weighing, gone with its transaction."""
