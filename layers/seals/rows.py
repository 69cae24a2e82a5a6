"""What of a row is sealed, as bytes that stay the same: its columns by name, never `*`, so that a new column of a later
version changes no digest. What may change lawfully (`event.superseded_at`) is left out.

The bytes are PostgreSQL's binary record of those columns (`record_send`): for each its type, its length and its value
in network order, -1 as the length of what is missing. Times are microseconds, texts UTF-8.
"""

from dataclasses import dataclass

SHARDS = 16
SENDS = {"transmitter_id": "int4send", "t": "timestamptz_send", "source_id": "int2send", "payload_hash": "int8send",
         "id": "int8send"}  # fmt: skip
"""How the database gives each column of a key as bytes."""
TYPES = {"int2send": ">i2", "int4send": ">i4", "int8send": ">i8", "timestamptz_send": ">i8"}


@dataclass(frozen=True)
class Place:
    """One table: its sealed columns, the key that orders its rows, and the column that spreads them."""

    table: str
    columns: str
    key: str
    spread: str

    @property
    def packed(self) -> str:
        """SQL for the key as bytes, as `packed_type` reads them."""
        return " || ".join(f"{SENDS[name]}({name})" for name in self.key.split(", "))

    @property
    def packed_type(self) -> list[tuple[str, str]]:
        """The columns of the key as numpy reads them."""
        return [(name, TYPES[SENDS[name]]) for name in self.key.split(", ")]

    @property
    def row_digest(self) -> str:
        """SQL for the SHA-256 of a row."""
        return f"sha256(record_send(ROW({self.columns})))"

    @property
    def key_text(self) -> str:
        """SQL for the key as a person reads it."""
        return f"concat_ws('/', {self.key})"


PLACES = (
    Place(
        "position",
        "transmitter_id, t, source_id, payload_hash, heard_at, stored_at, lon_e7, lat_e7, sog_dkn, cog_ddeg,"
        " heading_deg, nav_status, msg_type, utc_second, flags, delivery_id, raw",
        "transmitter_id, t, source_id, payload_hash",
        "transmitter_id",
    ),
    Place(
        "reported_position",
        "id, vessel_id, t, heard_at, stored_at, lon_e7, lat_e7, said, caller_role, caller_name, channel, taken_by,"
        " handed_to, note, doubts, corrects",
        "id",
        "id",
    ),
    Place("case_entry", "id, case_id, kind, at, stored_at, actor, role, body", "id", "id"),
    Place(
        "event",
        "id, key, what, conduct, step, vessels, transmitters, began_at, ended_at, lon_e7, lat_e7, facts, length_m,"
        " rule_ids, origin, found_at, stored_at",
        "id",
        "id",
    ),
)
BY_TABLE = {place.table: place for place in PLACES}
