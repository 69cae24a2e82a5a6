"""The loader's end of NATS JetStream: every lane that no other loader has, from the place the database knows.

The place is in the database, as with the spool, and moves with the rows: what is pulled twice is stored once, and a
database restored from a backup gets what it lacks. Messages are acknowledged after the commit, for those who watch the
cluster; nothing depends on it. A lane is a loader's own by a lock of its database session: when that is gone, so are
its commits, and another loader may have the lane.
"""

from collections import deque
from functools import partial

import psycopg
from nats.js.api import Header

from geo.clock import Clock, system_clock
from ingest.bus.bus import Held, Place
from ingest.bus.lane_reader import LaneReader, Message
from ingest.bus.link import DEAD_STREAM, DEAD_SUBJECT, LANES, TROUBLE, BusPlan, Link, Say
from ingest.bus.pieces import PIECE, STEP, Assembler, pack
from ingest.bus.places import Caution, note_place, read_place
from ingest.bus.record import encode_record
from ingest.bus.segments import frame

_LOCK = "SELECT pg_try_advisory_lock(7105202, %s)"


class _Lane:
    """One lane that is ours."""

    def __init__(self, link: Link, number: int, place: Place | None) -> None:
        self.number = number
        self.assembler = Assembler()
        self.unsettled: deque[Message] = deque()
        self.again_to = place.done_to if place else 0
        self.reader = LaneReader(link, number, place.state_from // STEP if place else 0)

    def read(self, writer: str, most_bytes: int) -> list[Held]:
        """The records of the next messages, until they are `most_bytes`."""
        found: list[Held] = []
        size = 0
        while self.reader.buffer and size < most_bytes:
            held = self.reader.buffer.popleft()
            self.unsettled.append(held)
            size += len(held.message.data)
            for record, sender, at, following in self.assembler.open(
                held.number, held.message.headers or {}, held.message.data
            ):
                found.append(Held(record, writer, at, following, following <= self.again_to, sender))
        return found

    def settled(self, state_from: int) -> list[Message]:
        """The messages that are needed no more."""
        done: list[Message] = []
        while self.unsettled and (self.unsettled[0].number + 1) * STEP <= state_from:
            done.append(self.unsettled.popleft())
        return done


class JetConsumer:
    """The lanes of one loader; `most_lanes` leaves some to others."""

    def __init__(
        self, plan: BusPlan, most_lanes: int = LANES, say: Say = lambda _: None, clock: Clock = system_clock
    ) -> None:
        self._most_lanes, self._say, self._clock = most_lanes, say, clock
        self._link = Link(plan, "loader", say)
        self._connection: psycopg.Connection | None = None
        self._lanes: dict[str, _Lane] = {}
        self._cautions: dict[str, Caution] = {}
        self._stream = ""

    def start(self, connection: psycopg.Connection) -> None:
        """Begin, or begin anew. BusAway when the cluster does not answer."""
        info = self._link.call(self._link.ensure_streams())
        self._stream = f"nats {info.created}"
        ours = [lane.number for lane in self._lanes.values()] if connection is self._connection else []
        self._drop_lanes()
        self._connection = connection
        for number in ours:
            self._begin(number)
        self.look_for_writers(connection)

    def look_for_writers(self, connection: psycopg.Connection) -> None:
        """Take lanes that no loader has."""
        ours = {lane.number for lane in self._lanes.values()}
        for number in range(LANES):
            if len(self._lanes) >= self._most_lanes:
                return
            if number not in ours and connection.execute(_LOCK, (number,)).fetchone() == (True,):
                self._begin(number)

    def take(self, most_bytes: int) -> list[Held]:
        """The next records of each lane."""
        assert self._connection is not None  # started
        found: list[Held] = []
        for writer, lane in self._lanes.items():
            read = partial(lane.read, writer, max(1, most_bytes // len(self._lanes)))
            found += self._cautions[writer].hand_out(self._connection, read)
        for held in found:
            if held.refused:
                self._link.call(self._bury(held))
        return found

    def note(self, connection: psycopg.Connection, writer: str, place: Place) -> None:
        """Remember how far we are, with the rows; a record of which only pieces have come is not behind us."""
        lane = self._lanes[writer]
        state_from = lane.assembler.needed_from(place.state_from)
        note_place(connection, writer, f"lane {lane.number}", Place(state_from, place.done_to), self._clock)

    def settle(self, places: dict[str, Place]) -> None:
        """Committed: acknowledge."""
        done: list[Message] = []
        for writer, place in places.items():
            lane = self._lanes[writer]
            self._cautions[writer].settle(place.done_to)
            done += lane.settled(lane.assembler.needed_from(place.state_from))
        if done:
            self._link.spawn(_acknowledge(done))

    def forget(self) -> None:
        """The cluster forgets by itself what is older than it keeps; what was torn is told."""
        for lane in self._lanes.values():
            if lane.assembler.torn:
                self._say(
                    f"bus: lane {lane.number}: {lane.assembler.torn} records came in part only; their sender ended"
                )
                lane.assembler.torn = 0

    def report(self) -> dict[str, int]:
        """Lanes that are ours, and messages that wait in them."""
        return {"bus_lanes": len(self._lanes), "bus_waiting": sum(x.reader.pending for x in self._lanes.values())}

    def close(self) -> None:
        """Let go of the cluster; the locks go with the database session."""
        self._drop_lanes()
        self._link.close()

    def _begin(self, number: int) -> None:
        assert self._connection is not None  # whoever calls has just set it
        writer = f"{self._stream} {number}"
        self._lanes[writer] = _Lane(self._link, number, read_place(self._connection, writer))
        self._cautions.setdefault(writer, Caution(writer, self._clock)).begin()

    def _drop_lanes(self) -> None:
        for lane in self._lanes.values():
            lane.reader.stop()
        self._lanes.clear()

    async def _bury(self, held: Held) -> None:
        """Into the stream of dead letters, whole; again is harmless."""
        stream = await self._link.stream()
        for number, payload in enumerate(pack([frame(encode_record(held.record))])):
            headers = {Header.MSG_ID: f"{held.writer} {held.at} {number}", "Opsmap-Lane": held.writer}
            if payload.piece:
                headers[PIECE] = payload.piece
            await stream.publish(
                f"{DEAD_SUBJECT}.{held.record.form}", payload.data, stream=DEAD_STREAM, headers=headers
            )


async def _acknowledge(done: list[Message]) -> None:
    for held in done:
        try:
            await held.message.ack()
        except TROUBLE:  # nothing depends on it
            return
