"""What a form is: how bytes that come in are to be understood, whatever door they come through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from geo.clock import Clock
from ingest.deliveries import Sender
from ingest.load import Describe, Pipeline
from ingest.summary import Summary


@dataclass(frozen=True)
class Message:
    """One whole message or file as it came: its bytes, a name for people, whose it is, when it reached us (UTC)."""

    data: bytes
    name: str
    sender: Sender
    arrived_at: datetime


@dataclass(frozen=True)
class LineForm:
    """A stream of lines, one report a line. `make_pipeline` is called once for every peer, with the clock to use.

    `cadence` is how often something should come of a source that speaks it, where nothing else is said; `adapter` names
    the code that understands it, and what of it nobody has verified.
    """

    name: str
    make_pipeline: Callable[[Clock], Pipeline]
    describe: Describe
    cadence: timedelta | None = None
    adapter: str | None = None


@dataclass(frozen=True)
class MessageForm:
    """Whole messages or files. `media` is what the raw store calls them: csv, xlsx, xml, json …

    `take` runs inside the caller's transaction: it keeps the bytes (`keep_raw`), opens and closes a delivery, stores
    facts and rejects. It never raises for what the message holds: a hopeless one becomes one reject. `withholds`: its
    bytes may name people or machines, so nobody but `take` may keep any of them.
    """

    name: str
    media: str
    take: Callable[[psycopg.Connection, Message, Clock], Summary]
    withholds: bool = False


Form = LineForm | MessageForm
