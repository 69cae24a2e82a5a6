"""AIS as it is received: sockets in, facts out, until told to stop.

A sentence that says when it was heard keeps that time; any other was heard when its bytes arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from geo.clock import system_clock
from ingest.ais.load import FORM
from ingest.ais.pipeline import AisPipeline
from ingest.deliveries import Delivery, Opened, Sender
from ingest.feed import LiveFeed
from ingest.jumps import JumpWatch
from ingest.lasting import LastingConnection
from ingest.live import Pace, run_feeds
from ingest.net.receiver import Door, Receiver, Socket
from ingest.net.stream import PeerStream
from ingest.summary import Summary

CADENCE = timedelta(minutes=5)
"""A coast from which nothing has come for so long is late."""


@dataclass(frozen=True)
class Listening:
    """What a live run came to; `unstored` messages were lost because the database was away at the end."""

    summary: Summary
    unstored: int


@dataclass(frozen=True)
class Station:
    """Sockets whose sentences are one source, and the door they share."""

    sockets: Sequence[Socket]
    sender: Sender
    door: Door = field(default_factory=Door)


def listen_ais(station: Station, connection: LastingConnection, pace: Pace | None = None) -> Listening:
    """Receive and store until `pace.stop()`; what has arrived by then is stored too.

    Errors: BadInput for a source code of another origin; the database's own while it cannot be reached at the start.
    """
    pace = pace or Pace(clock=system_clock)
    receiver = Receiver(station.sockets, station.door)
    try:
        sender = replace(station.sender, cadence=station.sender.cadence or CADENCE)
        delivery = Delivery(connection.current, sender, receiver.label, pace.clock, Opened(form=FORM))
        jumps = JumpWatch()
        feed = LiveFeed(PeerStream(receiver, lambda: AisPipeline(pace.clock, jumps)), delivery)
        receiver.start()
        unstored = run_feeds([feed], connection, pace)
    finally:
        receiver.stop()
    return Listening(delivery.summary, unstored)
