"""Stores what was read of a file of rows, the same way for every contract of ours."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.deliveries import Sender
from ingest.exchange.desk import Published, Room
from ingest.exchange.row_list import Listed
from ingest.rejects import store_rejects
from ingest.summary import Summary
from layers.indicators.store import Given
from layers.sources.raw import keep_raw


@dataclass(frozen=True)
class Lot:
    """What a file came to: `count` things of the rows `listed`; `kept` is the file as it may stay, of kind `form`."""

    listed: Listed
    count: int
    kept: Path
    form: str


def store_lot(
    room: Room, sender: Sender, label: str, adapter: str, lot: Lot, store: Callable[[Given], int]
) -> Published:
    """Store it as a delivery of its own, in the caller's transaction; `store` says how many were new or changed."""
    now = room.clock()
    source_id, delivery_id = room.open(sender, label, adapter)
    digest = keep_raw(room.connection, lot.kept, lot.form, "json", now)
    stored = store(Given(source_id, delivery_id, room.paper_id, room.issued_at or now, now))
    rejects = lot.listed.rejects
    store_rejects(room.connection, source_id, delivery_id, rejects, now)
    summary = Summary(lines=lot.count + len(rejects), messages=lot.count, stored=stored, duplicates=lot.count - stored)
    for reject in rejects:
        summary.reject(reject.reason)
    room.close(delivery_id, summary, digest)
    return Published(summary, lot.kept)
