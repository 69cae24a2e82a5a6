"""What is told of the fisheries' books: one boat's papers, disagreements, and the working lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select

from geo.clock import local_date
from geo.errors import BadInput, NotFound
from layers.access.roles import CONTACTS, Role
from layers.books import read as statements
from layers.books.catch import CatchLog, Landing
from layers.books.disagreement import STATES, Disagreement
from layers.books.kinds import BY_NAME as KINDS
from layers.books.penalty import OPEN
from layers.books.registry import load_books
from layers.database import ReadConnection, read
from layers.spec import Text
from web.book_views import (
    BookCard,
    CallView,
    CatchView,
    DisagreementCard,
    DisagreementList,
    DisagreementView,
    DocumentView,
    NumberView,
    PenaltyView,
    PersonView,
    RegisterView,
    SideView,
    StepView,
)
from web.state import State
from web.views import SourceView, Words

DUE_DAYS = 30
VMS = Text("Giám sát hành trình", "VMS")
REGISTER = Text("Sổ đăng ký tàu cá", "Vessel register")
Documents = Mapping[int, DocumentView]


def vessel_number(vessel_id: str) -> int:
    """The number in `v12`; NotFound for a device or anything else."""
    number = vessel_id[1:]
    if vessel_id[:1] != "v" or not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise NotFound(f"vessel={vessel_id[:40]!r}: a registered boat is v and a number; see /api/vessels", field="id")
    return int(number)


async def book_card(state: State, role: Role, vessel_id: str) -> BookCard:
    """One boat in every book, or NotFound."""
    boat, now = vessel_number(vessel_id), state.clock()
    async with read(state.engine) as connection:
        registers = await _rows(connection, statements.registers_statement(boat, role))
        if not registers:
            raise NotFound(f"vessel={vessel_id!r}: no register holds it; search with /api/vessels?q=", field="id")
        numbers = await _rows(connection, statements.numbers_statement(boat))
        calls = await _rows(connection, statements.calls_statement(boat))
        penalties = await _rows(connection, statements.penalties_statement(boat))
        since = now - statements.SUMMED_FOR
        landed = await _rows(connection, statements.catch_statement(Landing, boat, since))
        logged = await _rows(connection, statements.catch_statement(CatchLog, boat, since))
        wanted = statements.disagreements_statement(role).where(Disagreement.vessel_id == boat)
        open_ones = wanted.where(Disagreement.gone_at.is_(None)).order_by(Disagreement.since.desc())
        found = await _rows(connection, open_ones)
        documents = await _documents(connection, [*registers, *numbers, *calls, *penalties], found)
    return BookCard(
        vessel=vessel_id,
        today=local_date(now),
        due_days=DUE_DAYS,
        can_unmask=role in CONTACTS,
        registers=[_register(row, documents) for row in registers],
        numbers=[_number(row, documents) for row in numbers],
        calls=[_call(row, documents) for row in calls],
        penalties=[_penalty(row, documents) for row in penalties],
        landed=[CatchView(**row) for row in landed],
        logged=[CatchView(**row) for row in logged],
        disagreements=[disagreement_view(row, documents) for row in found],
    )


async def _rows(connection: ReadConnection, statement: Any) -> Sequence[RowMapping]:
    return (await connection.execute(statement)).mappings().all()


async def _documents(
    connection: ReadConnection, rows: Sequence[RowMapping], found: Sequence[RowMapping] = ()
) -> Documents:
    """The deliveries that rows and sides of disagreements came with."""
    wanted = {row["delivery_id"] for row in rows}
    wanted |= {side["delivery"] for row in found for side in (row["one"], row["other"]) if "delivery" in side}
    rows_of = (await connection.execute(statements.documents_statement(sorted(wanted)))).all()
    return {
        r.id: DocumentView(
            source=SourceView(code=r.code, title=Words(vi=r.title_vi, en=r.title_en)),
            origin=r.origin,
            label=r.label,
            paper=statements.heading(r),
            paper_on=r.issued_on,
            agency=r.agency,
            paper_state=r.paper_state,
        )
        for r in rows_of
    }


PEOPLE = tuple(PersonView.model_fields)


def _register(row: RowMapping, documents: Documents) -> RegisterView:
    people = PersonView(**{name: row[name] for name in PEOPLE})
    rest = {name: row[name] for name in RegisterView.model_fields if name in row and name not in PEOPLE}
    return RegisterView(**rest, people=people, document=documents[row["delivery_id"]])


def _number(row: RowMapping, documents: Documents) -> NumberView:
    dates = {name: row[name] for name in ("valid_from", "valid_to")}
    return NumberView(number=row["shown"], **dates, document=documents[row["delivery_id"]])


def _call(row: RowMapping, documents: Documents) -> CallView:
    same = ("keeper", "direction", "t", "station", "crew", "ground", "return_on")
    named = {name: row[name] for name in same}
    return CallView(**named, entry=row["code"], paper=row["document"], document=documents[row["delivery_id"]])


def _penalty(row: RowMapping, documents: Documents) -> PenaltyView:
    same = ("agency", "conduct", "decree", "article", "amount_vnd", "state", "paid_on", "measures")
    named = {name: row[name] for name in same}
    return PenaltyView(
        decision=row["code"],
        decided_at=row["t"],
        open=row["state"] in OPEN,
        document=documents[row["delivery_id"]],
        **named,
    )


def disagreement_view(row: RowMapping, documents: Documents) -> DisagreementView:
    """A disagreement with both its sides."""
    same = ("id", "kind", "label", "since", "found_at", "gone_at", "state", "note", "state_by", "state_at")
    return DisagreementView(
        **{name: row[name] for name in same},
        title=Words.of(KINDS[row["kind"]].title),
        vessel=None if row["vessel_id"] is None else f"v{row['vessel_id']}",
        one=_side(row["one"], documents),
        other=_side(row["other"], documents),
    )


def _side(side: Mapping[str, Any], documents: Documents) -> SideView:
    book = load_books().get(side["book"])
    title = book.title if book is not None else VMS if side["book"] == "vms" else REGISTER
    named = {name: side.get(name) for name in ("code", "t", "heard_at", "person")}
    document = documents.get(side.get("delivery", 0))
    return SideView(book=side["book"], title=Words.of(title), value=side["value"], document=document, **named)


async def disagreement_list(
    state: State, role: Role, asked: Mapping[str, str], page: tuple[int, int]
) -> DisagreementList:
    """Disagreements by `kind`, `vessel`, `state`: those open, unless state is `gone`; `page` is (limit, offset)."""
    conditions = _conditions(asked)
    counted = select(Disagreement.kind, func.count()).where(Disagreement.gone_at.is_(None)).group_by(Disagreement.kind)
    statement = statements.disagreements_statement(role).where(*conditions)
    ordered = statement.order_by(Disagreement.since.desc(), Disagreement.id).limit(page[0]).offset(page[1])
    async with read(state.engine) as connection:
        total = (
            await connection.execute(select(func.count()).select_from(Disagreement).where(*conditions))
        ).scalar_one()
        counts = {kind: number for kind, number in await connection.execute(counted)}
        found = await _rows(connection, ordered)
        documents = await _documents(connection, [], found)
    return DisagreementList(
        total=total, counts=counts, disagreements=[disagreement_view(row, documents) for row in found]
    )


def _conditions(asked: Mapping[str, str]) -> list[Any]:
    kind, vessel, wanted = (asked.get(name, "") for name in ("kind", "vessel", "state"))
    if kind and kind not in KINDS:
        raise BadInput(f"kind={kind!r}: use one of {', '.join(KINDS)}", field="kind")
    if wanted and wanted not in (*STATES, "gone"):
        raise BadInput(f"state={wanted!r}: use one of {', '.join(STATES)}, gone", field="state")
    gone = Disagreement.gone_at.is_not(None) if wanted == "gone" else Disagreement.gone_at.is_(None)
    conditions: list[ColumnElement[bool]] = [gone]
    conditions += [Disagreement.kind == kind] if kind else []
    conditions += [Disagreement.vessel_id == vessel_number(vessel)] if vessel else []
    conditions += [Disagreement.state == wanted] if wanted in STATES else []
    return conditions


async def disagreement_card(state: State, role: Role, number: int) -> DisagreementCard:
    """One disagreement with its steps, or NotFound."""
    async with read(state.engine) as connection:
        statement = statements.disagreements_statement(role).where(Disagreement.id == number)
        found = await _rows(connection, statement)
        if not found:
            raise NotFound(f"id={number}: no such disagreement; see /api/books/disagreements", field="id")
        documents = await _documents(connection, [], found)
        steps = await _rows(connection, statements.steps_statement(number))
    view = disagreement_view(found[0], documents)
    return DisagreementCard(**view.model_dump(), steps=[StepView(**step) for step in steps])
