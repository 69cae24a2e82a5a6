"""Refused lines read again: each by itself, with the time it had when it came, through today's code."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from geo.errors import BadInput
from ingest.again.work import Tally, Work, refuse_again, sender_of
from ingest.bus.books import Book
from ingest.deliveries import Delivery, Opened
from ingest.form import LineForm
from ingest.outcome import Fact, Outcome, Reject
from ingest.source import Line
from ingest.stream import Tally as Counts
from layers.database import transaction
from layers.sources.rejects import From, Open, Settled, Wanted, open_of, settle

AT_ONCE = 500
NOT_UNDERSTOOD = "not_understood"


@dataclass
class _Batch:
    """What some rejects became: facts to store, those understood, those still refused."""

    facts: list[Outcome] = field(default_factory=list)
    understood: list[int] = field(default_factory=list)
    refused: list[tuple[Open, Reject]] = field(default_factory=list)


def replay_lines(work: Work, wanted: Wanted, from_: From, form: LineForm) -> Iterator[Tally]:
    """Every wanted reject of a delivery, some hundred in a transaction; what each batch came to."""
    after, delivery = 0, None
    while found := open_of(work.connection, wanted, from_.id, after, AT_ONCE):
        after = found[-1].id
        batch = _Batch()
        for each in found:
            _sort(each, _read(form, each, from_.prefaces or [b""]), batch)
        with transaction(work.connection):
            if batch.understood and delivery is None:
                opened = Opened(form=form.name, replay_of=from_.id)
                delivery = Delivery(work.connection, sender_of(from_), from_.label, work.clock, opened)
            stored = 0 if delivery is None else _store(delivery, batch.facts, from_)
            into = Settled("replayed", work.by, work.clock(), None, delivery.id if delivery else None)
            settle(work.connection, batch.understood, into)
            refuse_again(work, batch.refused)
        yield Tally(len(found), len(batch.understood), stored)
    if delivery is not None:
        delivery.close()
        delivery.keep_tracks()


def _store(delivery: Delivery, facts: list[Outcome], from_: From) -> int:
    """Store facts; how many were new."""
    before = delivery.summary.stored
    book = Book(delivery)
    book.add(facts, Counts(sum(fact.lines for fact in facts), 0, Counter()), 0)
    book.arrived_ms = None
    book.store()
    for preface in from_.prefaces or []:
        delivery.keep_preface(preface)
    return delivery.summary.stored - before


def _sort(reject: Open, outcomes: list[Outcome], batch: _Batch) -> None:
    """Facts are stored whatever stood beside them; a reject is understood when nothing of it is refused any more."""
    batch.facts += [outcome for outcome in outcomes if not isinstance(outcome, Reject)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Reject)]
    if refused:
        batch.refused.append((reject, refused[0]))
    else:
        batch.understood.append(reject.id)


def _read(form: LineForm, reject: Open, prefaces: list[bytes]) -> list[Outcome]:
    """What today's code makes of it, under the first header that gives a fact."""
    found: list[Outcome] = []
    for preface in prefaces:
        found = read_lines(form, (preface, reject.raw), reject.heard_at or reject.arrived_at, reject.first_seen)
        if any(not isinstance(outcome, Reject) for outcome in found):
            break
    return found


def read_lines(form: LineForm, text: tuple[bytes, bytes], at: datetime | None, came: datetime) -> list[Outcome]:
    """Lines through a pipeline of their own: (header, lines), when they arrived (None: nobody knew), when they came."""
    preface, raw = text
    pipeline = form.make_pipeline(lambda: at or came)
    pieces = ([preface] if preface else []) + raw.split(b"\n")
    lines: list[Line | Reject] = [Line(piece, at, number) for number, piece in enumerate(pieces, 1)]
    try:
        return [*pipeline.push(lines), *pipeline.finish()]
    except BadInput as error:
        return [Reject(NOT_UNDERSTOOD, error.detail, raw)]
    except Exception as error:  # one reject must never stop those after it
        return [Reject(NOT_UNDERSTOOD, repr(error)[:300], raw)]


def facts_of(outcomes: list[Outcome]) -> list[Fact]:
    """The facts among outcomes."""
    return [outcome for outcome in outcomes if not isinstance(outcome, Reject)]
