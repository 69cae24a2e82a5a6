"""What a report is: one frozen object. JSON, page, XLSX and PDF all come from it; nothing else knows its sections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Executable

from layers.access.roles import Readers, Role
from layers.bulletins.period import USUAL, Kind, Period
from layers.spec import Text

Form = Literal["count", "hours", "number", "money", "text", "time", "days", "share", "link"]
NUMBERS: frozenset[Form] = frozenset({"count", "hours", "number", "money", "days", "share"})
READERS: Readers = frozenset({Role.LEADER, Role.OFFICER, Role.OPERATOR, Role.ADMIN})
"""Who reads reports, unless one says otherwise."""
Rows = Sequence[Mapping[str, Any]]

FIGURES, RECORDS = "figures", "records"


@dataclass(frozen=True)
class Asked:
    """What a statement is asked: the period, and the moment of knowledge (None: all we know today)."""

    period: Period
    known_at: datetime | None
    now: datetime

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of a section's statement; `known` NULL: all we know today."""
        return {"since": self.period.since, "until": self.period.until, "known": self.known_at}


@dataclass(frozen=True)
class Column:
    """One column. `adds`: the values of adjacent periods may be added up, so that days add up to their week.

    `choices` are the words for the codes of a text column.
    """

    name: str
    title: Text
    form: Form = "count"
    unit: Text | None = None
    adds: bool = False
    choices: Mapping[str, Text] | None = None


@dataclass(frozen=True)
class Section:
    """One table: `statement` makes one statement for what is asked; its rows have `key` and the columns' names.

    `figures` has a fixed set of rows (`rows`, in this order; what the statement does not give is 0) and is compared
    with the periods before; `total` is the sum of its rows. `records` lists things, each named by `key`; `names_boats`
    says that they are boats, which not every reader may know. `reckon` makes the rows of what the statement gives,
    where SQL alone cannot (working days). `numbered` false: the rows are months or the like, which nobody counts.
    """

    name: str
    title: Text
    statement: Callable[[Asked], Executable]
    columns: tuple[Column, ...]
    rows: Mapping[str, Text] | None = None
    row_title: Text | None = None
    total: Text | None = None
    note: Text | None = None
    names_boats: bool = False
    reckon: Callable[[Rows, Asked], Rows] | None = None
    numbered: bool = True

    @property
    def sort(self) -> str:
        """`figures` or `records`."""
        return RECORDS if self.rows is None else FIGURES


@dataclass(frozen=True)
class Report:
    """The whole: what it is called, for which kinds of period it is made, its sections in the order people read.

    `readers` are some of `READERS`. `even_empty`: it is made even of a period before anything was delivered.
    """

    name: str
    title: Text
    sections: tuple[Section, ...]
    kinds: tuple[Kind, ...] = USUAL
    coverage: Callable[[Asked], Executable] | None = None
    readers: Readers = READERS
    even_empty: bool = False
