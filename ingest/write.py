"""Write: one batch of facts into the database in one transaction, stored whole or not at all.

Reading the same input again, in any order, in pieces, or beside another writer, stores nothing twice: the key of a fact
is (transmitter, t, source, payload hash) and the database keeps it.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import psycopg

from geo.clock import FUTURE_ALLOWANCE, Clock, from_unix_ms, unix_ms
from ingest.echoes import EchoFinder
from ingest.identities import keep_identities
from ingest.outcome import Fact, Fix, Flag, Outcome, Reject, Report
from ingest.partitions import day_of, make_partitions
from ingest.rejects import store_rejects
from ingest.stage import NO_INT2, NO_INT4, STAGES, stage_fixes, stage_reports
from ingest.straight import Place, copy_new, newest_of
from ingest.touched import first_heard, leave_slip
from ingest.transmitters import describe_transmitters, find_transmitters
from layers.database import transaction
from layers.sources.pulse import Came, ages_of, move_pulse
from layers.versions import bump, notify
from layers.vessels.live import settle
from layers.vessels.turns import keep_turns

LAYER = "vessel"
UNTIMED = int(Flag.UNTIMED)
NO_TIME = int(Flag.UNTIMED | Flag.ARRIVAL)

_NEW_POSITIONS = """
INSERT INTO position (transmitter_id, t, source_id, payload_hash, heard_at, lon_e7, lat_e7, sog_dkn, cog_ddeg,
                      heading_deg, nav_status, msg_type, utc_second, flags, delivery_id, raw)
SELECT transmitter_id, t, %(source)s, payload_hash, heard_at, nullif(lon_e7, %(no4)s), nullif(lat_e7, %(no4)s),
       nullif(sog_dkn, %(no2)s::int2), nullif(cog_ddeg, %(no2)s::int2), nullif(heading_deg, %(no2)s::int2),
       nullif(nav_status, %(no2)s::int2), nullif(msg_type, %(no2)s::int2), nullif(utc_second, %(no2)s::int2),
       flags, %(delivery)s, raw
FROM stage_position ORDER BY transmitter_id, t, int8send(payload_hash)
ON CONFLICT DO NOTHING
"""

_NEW_REPORTS = """
INSERT INTO ais_report (transmitter_id, t, source_id, payload_hash, heard_at, msg_type, body, delivery_id, raw)
SELECT transmitter_id, t, %(source)s, payload_hash, heard_at, msg_type, convert_from(body, 'UTF8')::jsonb,
       %(delivery)s, raw
FROM stage_report ORDER BY transmitter_id, t, payload_hash
ON CONFLICT DO NOTHING
"""

# A line nobody timed says nothing new when the same words of the same transmitter are already here.
_FORGET_KNOWN_POSITIONS = """
DELETE FROM stage_position AS s WHERE s.flags & 1 = 1 AND EXISTS (
    SELECT 1 FROM position AS p WHERE p.transmitter_id = s.transmitter_id AND p.source_id = %(source)s
    AND p.payload_hash = s.payload_hash)
"""
_FORGET_KNOWN_REPORTS = """
DELETE FROM stage_report AS s WHERE s.flags & 1 = 1 AND EXISTS (
    SELECT 1 FROM ais_report AS p WHERE p.transmitter_id = s.transmitter_id AND p.source_id = %(source)s
    AND p.payload_hash = s.payload_hash)
"""

# A timed fix replaces an untimed one whatever their times; among equals the later one stands, unless it is of a time
# that has not come: a clock was ahead then and was put right. What a person typed (MANUAL) is in the history, but the
# device has not spoken.
_NEWEST = """
INSERT INTO live AS l (transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, sog_dkn, cog_ddeg,
                       heading_deg, nav_status, flags, version, geom)
SELECT DISTINCT ON (transmitter_id) transmitter_id, t, heard_at, now(), %(source)s, lon_e7, lat_e7,
       nullif(sog_dkn, %(no2)s::int2), nullif(cog_ddeg, %(no2)s::int2), nullif(heading_deg, %(no2)s::int2),
       nullif(nav_status, %(no2)s::int2), flags, %(version)s,
       ST_SetSRID(ST_MakePoint(lon_e7 / 1e7, lat_e7 / 1e7), 4326)
FROM stage_position WHERE lon_e7 <> %(no4)s AND lat_e7 <> %(no4)s AND flags & 512 = 0
ORDER BY transmitter_id, flags & 1, t DESC, payload_hash
ON CONFLICT (transmitter_id) DO UPDATE SET
    t = excluded.t, heard_at = excluded.heard_at, stored_at = excluded.stored_at, source_id = excluded.source_id,
    lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7, sog_dkn = excluded.sog_dkn, cog_ddeg = excluded.cog_ddeg,
    heading_deg = excluded.heading_deg, nav_status = excluded.nav_status, flags = excluded.flags,
    version = excluded.version, geom = excluded.geom
WHERE (1 - (excluded.flags & 1), excluded.t) > (1 - (l.flags & 1), l.t) OR l.t > %(latest)s
"""


class BatchResult(NamedTuple):
    """What a batch came to; `version` is the vessel layer's, None when nothing changed."""

    messages: int
    stored: int
    version: int | None


class Batch:
    """Facts and rejects on their way in. `arrived_ms` (Unix ms UTC) is when the earliest of them reached us."""

    def __init__(self, outcomes: Iterable[Outcome], arrived_ms: int | None = None) -> None:
        found = list(outcomes)
        self.fixes = [outcome for outcome in found if type(outcome) is Fix]
        self.reports = [outcome for outcome in found if type(outcome) is Report]
        self.rejects = [outcome for outcome in found if type(outcome) is Reject]
        self.facts: list[Fact] = [*self.fixes, *self.reports]
        self.arrived_ms = arrived_ms

    @cached_property
    def refused_lines(self) -> int:
        """Input lines that its rejects cover."""
        return sum(reject.lines for reject in self.rejects)

    @cached_property
    def lines(self) -> int:
        """Input lines that its facts and rejects were made of."""
        return sum(fact.lines for fact in self.facts) + self.refused_lines


def came_of(batch: Batch, stored: int, now_ms: int) -> Came:
    """What a batch adds to its source's pulse; ages are from the device's time to the arrival."""
    arrived_ms = now_ms if batch.arrived_ms is None else batch.arrived_ms
    ages = ages_of([(arrived_ms - fact.t_ms) / 1000 for fact in batch.facts if not fact.flags & NO_TIME])
    messages = len(batch.facts)
    return Came(batch.lines, messages, stored, messages - stored, batch.refused_lines, ages)


class Writer:
    """Stores the batches of one delivery of one source over one connection (autocommit outside `write_batch`)."""

    def __init__(self, connection: psycopg.Connection, source_id: int, delivery_id: int, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self._place = {"source": source_id, "delivery": delivery_id, "no2": NO_INT2, "no4": NO_INT4}
        self._straight_place = Place(source_id, delivery_id)
        self.echoes = EchoFinder(source_id, delivery_id)
        self._expect_new = True
        self._ids: dict[str, int] = {}
        self._days: set[int] = set()

    def write_batch(self, batch: Batch) -> BatchResult:
        """Store a batch, in one transaction; on any error nothing of it is stored and the writer stays usable."""
        facts = batch.facts
        days = {day_of(fix.t_ms) for fix in batch.fixes} - self._days
        with transaction(self.connection):
            ids = self._find_ids(facts)
            make_partitions(self.connection, days)
            stored = self._store_facts(batch, facts, ids)
            version = self._publish(batch, facts, ids) if stored else None
            # After the layer's lock, then the source's: so writers of several sources cannot wait for each other.
            came = came_of(batch, stored, unix_ms(self.clock()))
            move_pulse(self.connection, self._place["source"], came, self.clock())
            self._store_rejects(batch)
        self._ids.update(ids)
        self._days |= days
        return BatchResult(len(facts), stored, version)

    def _find_ids(self, facts: list[Fact]) -> dict[str, int]:
        """Ids of all keys of the batch. New ones are remembered only once they are committed."""
        keys = {fact.key for fact in facts}
        known = {key: self._ids[key] for key in keys if key in self._ids}
        return known | find_transmitters(self.connection, keys - known.keys())

    def _store_facts(self, batch: Batch, facts: list[Fact], ids: dict[str, int]) -> int:
        """COPY, then insert what is not there yet; how many were new."""
        self.connection.execute(STAGES)
        stored = 0
        untimed = any(fact.flags & UNTIMED for fact in facts)
        if batch.fixes:
            stored += self._store_fixes(batch.fixes, ids, untimed)
        if batch.reports:
            stage_reports(self.connection, batch.reports, ids)
            stored += self._insert(_FORGET_KNOWN_REPORTS if untimed else None, _NEW_REPORTS)
        return stored

    def _store_fixes(self, fixes: list[Fix], ids: dict[str, int], untimed: bool) -> int:
        """Straight into the history while everything is new; by the stage, which then holds them all, when not."""
        if self._expect_new and not untimed:
            stored = copy_new(self.connection, fixes, ids, self._straight_place)
            if stored is not None:
                stage_fixes(self.connection, newest_of(fixes), ids)
                return stored
        stage_fixes(self.connection, fixes, ids)
        stored = self._insert(_FORGET_KNOWN_POSITIONS if untimed else None, _NEW_POSITIONS)
        self._expect_new = stored == len(fixes)
        return stored

    def _insert(self, forget: str | None, insert: str) -> int:
        if forget:
            self.connection.execute(forget, self._place)
        return self.connection.execute(insert, self._place).rowcount

    def _store_rejects(self, batch: Batch) -> None:
        place = self._place
        arrived = None if batch.arrived_ms is None else from_unix_ms(batch.arrived_ms)
        store_rejects(self.connection, place["source"], place["delivery"], batch.rejects, self.clock(), arrived)

    def _publish(self, batch: Batch, facts: list[Fact], ids: dict[str, int]) -> int:
        """Under the layer's lock, last: identities, the newest fixes, and the word to every listening process."""
        if batch.fixes:
            leave_slip(self.connection, batch.fixes, ids)
        version = bump(self.connection, LAYER)
        describe_transmitters(self.connection, facts, ids)
        keep_identities(self.connection, facts, ids, self._place["source"])
        if batch.fixes:
            latest = self.clock() + FUTURE_ALLOWANCE
            self.connection.execute(_NEWEST, self._place | {"version": version, "latest": latest})
            keep_turns(self.connection, first_heard(batch.fixes, ids))
            settle(self.connection, version)
            self.echoes.link(self.connection, batch.fixes, ids)
        arrived_ms = unix_ms(self.clock()) if batch.arrived_ms is None else batch.arrived_ms
        notify(self.connection, {"layer": LAYER, "version": version, "arrived": arrived_ms})
        return version
