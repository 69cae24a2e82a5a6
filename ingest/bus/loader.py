"""The loader: records into rows, rejects and its own place, in one transaction; after any error it begins anew there.

So a record is stored once whatever is killed and whenever: either its rows and the place behind it are committed
together, or neither is, and it is read again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from ingest.bus.books import LABEL, Books
from ingest.bus.bus import Consumer, Held, Place
from ingest.bus.conversation import Conversation, conversation_key
from ingest.bus.messages import refuse_record, take_message
from ingest.bus.parcel import Parcels, Part, read_part
from ingest.bus.spool import ALL_GONE
from ingest.form import LineForm
from ingest.forms import FORMS
from ingest.lasting import LastingConnection
from ingest.live import Pace
from layers.database import transaction

TAKE_BYTES = 2 << 20
COMMIT_EVERY = timedelta(milliseconds=400)
MOST_WAITING = 40_000
LARGE_BYTES = 4 << 20


class Loader:
    """Takes from a consumer and stores, over a connection that may be lost; `label` names its deliveries."""

    def __init__(self, consumer: Consumer, connection: LastingConnection, pace: Pace, label: str = LABEL) -> None:
        self._consumer, self._lasting, self._pace = consumer, connection, pace
        self.books = Books(connection.current, pace.clock, label)
        self._talking: dict[tuple[str, ...], Conversation] = {}
        self._done: dict[str, int] = {}
        self._read_to: dict[str, int] = {}
        self._messages: list[Held] = []
        self._parcels = Parcels()
        self._committed: datetime | None = None
        self._fresh = False

    def begin(self) -> None:
        """Begin, or begin anew, from what the database says is done. Raises while the database is away."""
        self._fresh = False
        self._lasting.renew()
        connection = self._lasting.current
        self.books.begin_anew(connection)
        self._talking.clear()
        self._done.clear()
        self._messages.clear()
        self._parcels.forget()
        self._consumer.start(connection)
        self._fresh = True

    def turn(self, now: datetime) -> bool:
        """Take, understand and, when it is time, commit; whether anything came."""
        if not self._fresh:
            self.begin()
        try:
            held = self._consumer.take(TAKE_BYTES) if self.books.waiting < MOST_WAITING else []
            for each in held:
                self._hear(each)
            if not held:
                self._let_go(now)
            if self._due(now):
                self.commit(now)
        except BaseException:
            self._fresh = False
            raise
        return bool(held)

    def end(self, now: datetime) -> None:
        """Commit what waits and close the deliveries."""
        self.commit(now)
        self.books.close()

    def commit(self, now: datetime) -> None:
        """Everything taken, and the places behind it, in one transaction."""
        places = {writer: Place(self._state_from(writer, done), done) for writer, done in self._done.items()}
        with transaction(self._lasting.current) as connection:
            self.books.store()
            for held in self._messages:
                take_message(connection, held.record, self._pace.clock)
            for writer, place in places.items():
                self._consumer.note(connection, writer, place)
        self._messages.clear()
        self._done.clear()
        self._committed = now
        self._consumer.settle(places)

    def _due(self, now: datetime) -> bool:
        if not self._done:
            return False
        rested = self._committed is None or not timedelta(0) <= now - self._committed < COMMIT_EVERY
        large = any(len(held.record.data) > LARGE_BYTES for held in self._messages)
        return rested or large or self.books.waiting >= MOST_WAITING

    def _hear(self, held: Held) -> None:
        """Understand a record; of one that was stored before, only what it leaves half-said matters."""
        record = held.record
        self._read_to[held.writer] = held.next
        if held.refused:
            self.books.book(record).add(*refuse_record(record), record.arrived_ms)
        elif record.form == ALL_GONE:
            self._part_from(lambda talk: talk.key[:2] == (held.writer, held.sender), store=not held.again)
            self._parcels.forget(held.writer, held.sender)
        elif (part := read_part(record.form)) is not None:
            self._hear_part(held, part)
        elif isinstance(form := FORMS.get(record.form), LineForm):
            self._hear_lines(form, held)
        elif not held.again:
            self._messages.append(held)
        if not held.again:
            self._done[held.writer] = held.next

    def _hear_lines(self, form: LineForm, held: Held) -> None:
        key = conversation_key(held)
        if not held.record.data:
            self._part_from(lambda talk: talk.key == key, store=not held.again)
            return
        talk = self._talking.get(key)
        if talk is None:
            talk = self._talking[key] = Conversation(form, held)
        found, counts = talk.hear(held), talk.new_counts()
        if not held.again:
            self.books.book(held.record).add(found, counts, held.record.arrived_ms, talk.preface)

    def _hear_part(self, held: Held, part: Part) -> None:
        whole = self._parcels.take(held, part)
        if whole is not None and not held.again:
            self._messages.append(held._replace(record=whole))

    def _part_from(self, who: Callable[[Conversation], bool], store: bool) -> None:
        for talk in [talk for talk in self._talking.values() if who(talk)]:
            del self._talking[talk.key]
            found, counts = talk.end(), talk.new_counts()
            if store:
                self.books.book(talk.record).add(found, counts, talk.record.arrived_ms, talk.preface)

    def _let_go(self, now: datetime) -> None:
        """Quiet peers: what they left is stored now, and need not be read again."""
        for talk in list(self._talking.values()):
            over = talk.is_over(now)
            found = talk.end() if over else talk.let_go(now)
            if over:
                del self._talking[talk.key]
            if found:
                self.books.book(talk.record).add(found, talk.new_counts(), talk.record.arrived_ms)
                self._done.setdefault(talk.key[0], self._read_to[talk.key[0]])

    def _state_from(self, writer: str, done: int) -> int:
        begun = (talk.state_from(done) for talk in self._talking.values() if talk.key[0] == writer)
        return min([*begun, self._parcels.state_from(writer, done)])
