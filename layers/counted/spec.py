"""What a count is: one frozen object. Figures and the list of what was counted come from the same statement."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, TextClause, text

from geo.clock import local_date, start_of_day
from layers.bulletins.fisheries.ask import bind
from layers.indicators.spans import Span

ONE = Decimal(1)


class Window(NamedTuple):
    """The days counted, [since, until) in UTC, and the moment of knowledge (None: all that is known)."""

    since: datetime
    until: datetime
    known: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of a statement."""
        return self._asdict()

    @property
    def last(self) -> date:
        """The last day in Việt Nam: it says which structure of units holds."""
        return local_date(self.until - timedelta(microseconds=1))


def window_of(span: Span, known: datetime | None = None) -> Window:
    """The window of days in Việt Nam."""
    return Window(start_of_day(span.since), start_of_day(span.until), known)


class Record(NamedTuple):
    """One thing that was counted. `kind` and `record` name it; `at` is the moment that put it into the window.

    Whose it is: `cell_id`, else the commune `unit`; `office` an agency or a facility. `amount` None: not known, which
    is no 0. `field` is what sort it is of; `vessel_id` the boat it is about, which not every role may know.
    """

    kind: str
    record: str
    at: datetime | None
    label: str | None = None
    vessel_id: int | None = None
    cell_id: int | None = None
    unit: str | None = None
    office: str | None = None
    field: str | None = None
    amount: Decimal | None = ONE


@dataclass(frozen=True)
class Book:
    """What a count reads: `begun` since when it speaks, `heard` when it first came to us, `origins` of its rows.

    Each is one statement; `covers` (if any) says whether a window is wholly told of. Without it a window is, once the
    book had begun by then.
    """

    begun: str
    heard: str
    origins: str
    covers: Callable[[Connection, Window], bool] | None = None


@dataclass(frozen=True)
class Count:
    """How an indicator is counted: `during` the window, or as it stands at its `end`.

    `find` gives its records. `waits`: so long after the end what belongs to it is still on its way. Raise `version`
    when the same books give another number.
    """

    code: str
    when: str
    book: Book
    find: Callable[[Connection, Window], Iterable[Record]]
    version: int = 1
    waits: timedelta = timedelta(minutes=10)

    @property
    def query(self) -> str:
        """What a figure's lineage calls it."""
        return f"count:{self.code}/{self.version}"


def asking(sql: str) -> Callable[[Connection, Window], list[Record]]:
    """Records by one statement with `:since`, `:until`, `:known`; its columns are called as those of `Record`."""
    told: TextClause = text(sql)

    def find(connection: Connection, window: Window) -> list[Record]:
        return [record_of(row) for row in connection.execute(bind(told, window.values)).mappings()]

    return find


def record_of(row: Mapping[Any, Any]) -> Record:
    """A row as a record; what it does not tell stays as `Record` has it."""
    return Record(**{name: row[name] for name in Record._fields if name in row})


def run(statement: Executable) -> Callable[[Connection], list[Record]]:
    """Records of a statement that is whole already."""
    return lambda connection: [record_of(row) for row in connection.execute(statement).mappings()]
