"""The working lists of the books: counted, listed, kept as files."""

import csv
import io
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from geo.clock import show_moment
from geo.errors import NotFound
from layers.access.roles import Role
from layers.books import lists
from layers.books.disagreement import STATES
from layers.books.kinds import BY_NAME as KINDS
from layers.books.lists import BY_NAME, LISTS, BookList
from layers.database import read
from layers.sources.freshness import mark
from layers.vessels.registry import Vessel
from web.book_views import ColumnView, ListPage, ListView
from web.sheets import Sheet, safe_cell
from web.state import State
from web.views import Words


async def list_counts(state: State, role: Role, narrow: lists.Narrow) -> list[ListView]:
    """Every working list with how many of it are left."""
    given = lists.asked(narrow, role) | {"now": state.clock()}
    async with read(state.engine) as connection:
        return [
            ListView(
                name=each.name,
                title=Words.of(each.title),
                what=Words.of(each.what),
                count=(await connection.execute(lists.count_statement(each), given)).scalar_one(),
            )
            for each in LISTS
        ]


async def list_page(state: State, role: Role, name: str, narrow: lists.Narrow, page: tuple[int, int]) -> ListPage:
    """Rows of one list; `page` is (limit, offset)."""
    wanted = _wanted(name)
    given = lists.asked(narrow, role) | {"now": state.clock(), "limit": page[0], "offset": page[1]}
    async with read(state.engine) as connection:
        total = (await connection.execute(lists.count_statement(wanted), given)).scalar_one()
        rows = (await connection.execute(lists.rows_statement(wanted, role), given)).mappings().all()
    return ListPage(
        name=wanted.name,
        title=Words.of(wanted.title),
        what=Words.of(wanted.what),
        columns=[ColumnView(name=c.name, title=Words.of(c.title), kind=c.kind) for c in wanted.shown(role)],
        total=total,
        rows=[_row(row) for row in rows],
    )


def _wanted(name: str) -> BookList:
    if name not in BY_NAME:
        raise NotFound(f"list={name[:40]!r}: use one of {', '.join(BY_NAME)}", field="list")
    return BY_NAME[name]


def _row(row: RowMapping) -> dict[str, Any]:
    told = dict(row)
    number = told.pop("vessel_id")
    named = {"kind_title": Words.of(KINDS[told["kind"]].title)} if "kind" in told else {}
    return {"id": None if number is None else f"v{number}", **told, **named}


def list_csv(page: ListPage) -> str:
    """A list as CSV for a spreadsheet: Vietnamese titles, times of Việt Nam, nothing that it would run."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([title for _, title in _titles(page)])
    for row in page.rows:
        writer.writerow([safe_cell(_cell(row[name])) for name, _ in _titles(page)])
    return "\ufeff" + out.getvalue()


def list_sheet(page: ListPage) -> Sheet:
    """The same as a sheet."""
    rows = [{name: _cell(row[name]) for name, _ in _titles(page)} for row in page.rows]
    return Sheet(page.name, f"{page.title.vi}: {page.total} dòng", _titles(page), rows,
                 mark({row["origin"] for row in page.rows}))  # fmt: skip


def _titles(page: ListPage) -> list[tuple[str, str]]:
    own = [(column.name, column.title.vi) for column in page.columns]
    return [("label", "Số tàu"), ("name", "Tên tàu"), *own, ("origin", "Tính chất số liệu")]


WORDS = {"simulated": "mô phỏng", "real": "thật", "replayed": "phát lại"}


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, list):  # why a boat has its points
        return "; ".join(f"{each['title']['vi']}: {each['times']} lần = {each['points']:g} điểm" for each in value)
    if isinstance(value, str):
        said = WORDS.get(value) or (KINDS[value].title.vi if value in KINDS else None)
        return said or (STATES[value].vi if value in STATES else value)
    return value


async def officials(state: State) -> list[str]:
    """The officials in charge of boats, as the registers name them."""
    async with read(state.engine) as connection:
        statement = select(Vessel.official).where(Vessel.leads, Vessel.official.is_not(None)).distinct()
        return [str(name) for name in (await connection.execute(statement.order_by(Vessel.official))).scalars()]
