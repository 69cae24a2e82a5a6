"""What is counted from our own books is what a plain reckoning gives, and stays so through corrections."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import psycopg
import pytest
from sqlalchemy import insert, text

from geo.clock import local_date
from ingest.again.compare import compare
from ingest.counted import count_due
from layers.books.catch import Landing
from layers.books.penalty import Penalty
from layers.books.port_call import PortCall
from layers.catalog.boundary import Boundary
from layers.catalog.citizen_report import CitizenReport
from layers.counted import books as counted_books
from layers.counted.due import AGAIN_AFTER
from layers.counted.spec import window_of
from layers.database import make_engine, write
from layers.indicators.spans import Span
from layers.vessels.registry import Vessel

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
FIRST = datetime(2026, 8, 20, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
BOATS = 40


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


class Books:
    """Books filled by dice, and the same rows kept aside for the plain reckoning."""

    def __init__(self, connection: Any, seed: int) -> None:
        self.connection, self.dice, self.number = connection, random.Random(seed), 0
        sql = "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('so','s','s','simulated') RETURNING id"
        self.source = connection.execute(text(sql)).scalar_one()
        self.cells = [*connection.execute(text("SELECT id FROM cell ORDER BY id")).scalars(), None]
        self.boats: dict[str, tuple[int | None, float]] = {}
        self.rows: list[tuple[str, dict[str, Any]]] = []

    def put(self, model: Any, t: datetime, **values: Any) -> dict[str, Any]:
        self.number += 1
        told = {"id": self.number, "code": f"R{self.number}", "content_hash": self.number, "source_id": self.source,
                "delivery_id": 1, "t": t, "heard_at": FIRST, "stored_at": FIRST} | values  # fmt: skip
        self.connection.execute(insert(model).values(**told))
        self.rows.append((model.__tablename__, told))
        return told

    def moment(self) -> datetime:
        return FIRST + timedelta(minutes=self.dice.randrange(int((NOW - FIRST).total_seconds() // 60)))

    def fill(self) -> None:
        for n in range(BOATS):
            cell, length = self.dice.choice(self.cells), self.dice.choice([6.5, 12, 14.9, 15, 23, 24, 30])
            reg_no = f"QNg-MP {n:04d}"
            boat = self.put(Vessel, FIRST, code=reg_no, name="x", length_m=length, gear="g", home_port="p",
                            cell_id=cell, leads=True)  # fmt: skip
            self.boats[reg_no] = (cell, length)
            number = "INSERT INTO vessel_number (reg_key, vessel_id, shown, source_id, delivery_id)"
            number += " VALUES (:k, :v, :s, :src, 1)"
            self.connection.execute(
                text(number), {"k": f"QNGMP{n:04d}", "v": boat["id"], "s": reg_no, "src": self.source}
            )
        self.put(PortCall, FIRST, vessel_no="QNg-MP 0001", keeper="border", station="s", direction="out")
        self.put(Penalty, FIRST, vessel_no="TK-MP 1", agency="a", conduct="c", state="paid", amount_vnd=5)
        for _ in range(120):
            boat_no = self.dice.choice([*self.boats, "TK-MP 0001"])
            self.put(Penalty, self.moment(), vessel_no=boat_no, agency="a", conduct="c",
                     amount_vnd=self.dice.choice([None, 1_000_000, 25_500_000]),
                     state=self.dice.choice(["paid", "unpaid", "lifted"]),
                     superseded_at=self.dice.choice([None, None, NOW]))  # fmt: skip
            self.put(PortCall, self.moment(), vessel_no=boat_no, keeper=self.dice.choice(["border", "port"]),
                     station="s", direction=self.dice.choice(["out", "in"]))  # fmt: skip
        for _ in range(200):
            self.report()
        self.put(CitizenReport, FIRST, received_at=FIRST, category="other", state="received", cell_id=None,
                 done_at=None, due_at=None, geom="SRID=4326;POINT(108 15)")  # fmt: skip

    def report(self, **told: Any) -> None:
        got = self.moment()
        due = got + timedelta(days=self.dice.choice([5, 10]))
        done = self.dice.choice([None, got + timedelta(days=self.dice.randrange(1, 20))])
        values = {"received_at": got, "due_at": due, "done_at": done, "state": "done" if done else "in_progress"}
        cell, agency = self.dice.choice(self.cells), self.dice.choice(["Sở A", "UBND xã B", None])
        self.put(CitizenReport, got, category="other", cell_id=cell, agency=agency,
                 geom="SRID=4326;POINT(108 15)", **(values | told))  # fmt: skip

    def of(self, table: str) -> list[dict[str, Any]]:
        return [row for name, row in self.rows if name == table and row.get("superseded_at") is None]


def within(moment: datetime | None, span: tuple[date, date]) -> bool:
    return moment is not None and span[0] <= local_date(moment) < span[1]


Told = list[tuple[int | None, str | None, Decimal | None]]


def reckoned(books: Books, code: str, span: tuple[date, date]) -> Told:
    """(cell, agency, amount; None: not told) of everything an indicator counts, without the statements counted with."""
    boat = {no: cell for no, (cell, _) in books.boats.items()}
    fines = [p for p in books.of("penalty") if p["state"] != "lifted" and within(p["t"], span)]
    reports = books.of("citizen_report")
    until = span[1]
    if code in ("vu_xu_phat", "tien_phat"):
        whole = code == "vu_xu_phat"
        return [(boat.get(p["vessel_no"]), None, Decimal(1) if whole else _million(p["amount_vnd"])) for p in fines]
    if code in ("xuat_ben", "nhap_ben"):
        way = "out" if code == "xuat_ben" else "in"
        calls = [c for c in books.of("port_call") if (c["keeper"], c["direction"]) == ("border", way)]
        return [(boat.get(c["vessel_no"]), None, Decimal(1)) for c in calls if within(c["t"], span)]
    if code.startswith("tau_"):
        low, high = {"tau_tong": (0, 99), "tau_12_15": (12, 15), "tau_phai_lap": (15, 99)}[code]
        return [(cell, None, Decimal(1)) for cell, length in books.boats.values() if low <= length < high]
    done = [r for r in reports if within(r["done_at"], span)]
    found = {
        "pa_tong": [r for r in reports if within(r["received_at"], span)],
        "pa_xong": done,
        "pa_xong_dunghan": [r for r in done if r["done_at"] <= r["due_at"]],
        "pa_gio": done,
        "pa_quahan": [
            r for r in reports
            if r["due_at"] is not None and local_date(r["due_at"]) < until and local_date(r["received_at"]) < until
            and (r["done_at"] is None or local_date(r["done_at"]) >= until)
        ],
    }[code]  # fmt: skip
    return [
        (r["cell_id"], r.get("agency"),
         Decimal((r["done_at"] - r["received_at"]) / timedelta(hours=1)) if code == "pa_gio" else Decimal(1))
        for r in found
    ]  # fmt: skip


def _million(amount_vnd: int | None) -> Decimal | None:
    return None if amount_vnd is None else Decimal(amount_vnd) / 10**6


def total(amounts: list[Decimal | None]) -> Any:
    """Their sum; None where there are some and none of them is known."""
    known = [amount for amount in amounts if amount is not None]
    return None if amounts and not known else pytest.approx(sum(known, Decimal(0)))


def figures(connection: psycopg.Connection, code: str, span: tuple[date, date]) -> dict[tuple[str, str], Decimal]:
    sql = "SELECT subject_kind, subject, value FROM figure WHERE indicator = %s AND period_from = %s AND period_to = %s"
    return {(kind, subject): value for kind, subject, value in connection.execute(sql, (code, *span))}


MONTHLY = ("vu_xu_phat", "tien_phat", "tau_tong", "tau_12_15", "tau_phai_lap", "pa_tong", "pa_xong",
           "pa_xong_dunghan", "pa_gio", "pa_quahan")  # fmt: skip
YESTERDAY = (date(2026, 11, 22), date(2026, 11, 23))


@pytest.mark.parametrize("seed", range(2))
def test_the_number_is_a_plain_reckoning_and_the_sum_of_its_parts(engine, connection, seed):
    with write(engine) as opened:
        books = Books(opened, seed)
        books.fill()
        count_due(opened, lambda: NOW)
    commune = dict(connection.execute("SELECT id, commune_code FROM cell").fetchall())
    for code in (*MONTHLY, "xuat_ben", "nhap_ben"):
        span = OCTOBER if code in MONTHLY else YESTERDAY
        told, wanted = figures(connection, code, span), reckoned(books, code, span)
        assert told["province", "51"] == total([amount for *_, amount in wanted]), code
        assert len(wanted) > 0 or code in ("xuat_ben", "nhap_ben")
        for unit in set(commune.values()):
            own = [amount for cell, _, amount in wanted if cell is not None and commune[cell] == unit]
            assert told["unit", unit] == total(own), (code, unit)
        nowhere = [amount for cell, _, amount in wanted if cell is None]
        communes = [told["unit", unit] for unit in set(commune.values())]
        assert told["province", "51"] == total([*communes, *nowhere]), code
        if code.startswith("pa_"):
            for agency in ("Sở A", "UBND xã B"):
                own = [amount for _, name, amount in wanted if name == agency]
                assert told.get(("agency", agency), Decimal(0)) == total(own), (code, agency)


def test_a_figure_says_which_query_which_window_and_how_many_belong_nowhere(engine, connection):
    with write(engine) as opened:
        books = Books(opened, 5)
        books.fill()
        count_due(opened, lambda: NOW)
    row = connection.execute(
        "SELECT o.raw, s.code, s.origin, d.adapter, o.status FROM observation AS o"
        " JOIN source AS s ON s.id = o.source_id JOIN delivery AS d ON d.id = o.delivery_id"
        " WHERE o.indicator = 'vu_xu_phat' AND o.subject_kind = 'province'"
        " AND o.period_from = '2026-10-01' AND o.period_to = '2026-11-01'"
    ).fetchone()
    assert row is not None
    said, wanted = orjson.loads(row[0]), reckoned(books, "vu_xu_phat", OCTOBER)
    assert (said["query"], said["records"]) == ("count:vu_xu_phat/1", len(wanted))
    assert said["in_no_unit"] == sum(cell is None for cell, *_ in wanted)
    assert (said["since"], said["until"]) == ("2026-09-30T17:00:00+00:00", "2026-10-31T17:00:00+00:00")
    assert row[1:] == ("he_thong_thang_mp", "simulated", "counted/1", "preliminary")


def test_counting_again_changes_nothing_until_a_late_entry_comes(engine, connection):
    with write(engine) as opened:
        books = Books(opened, 3)
        books.fill()
        assert count_due(opened, lambda: NOW) > 0
        assert count_due(opened, lambda: NOW) == 0
        before = connection.execute("SELECT count(*) FROM observation").fetchone()
    later = NOW + AGAIN_AFTER
    with write(engine) as opened:
        assert count_due(opened, lambda: later) == 0  # counted again, and known
    first = figures(connection, "vu_xu_phat", OCTOBER)["province", "51"]
    with write(engine) as opened:
        books.connection = opened
        books.put(Penalty, datetime(2026, 10, 5, tzinfo=UTC), vessel_no="QNg-MP 0003", agency="a", conduct="c",
                  state="paid", amount_vnd=10**6)  # fmt: skip
        assert count_due(opened, lambda: later + AGAIN_AFTER) > 0
    assert figures(connection, "vu_xu_phat", OCTOBER)["province", "51"] == first + 1
    gone = "SELECT value FROM observation WHERE indicator = 'vu_xu_phat' AND subject = '51' AND period_from = %s"
    gone += " AND period_to = %s AND superseded_at IS NOT NULL"
    assert connection.execute(gone, OCTOBER).fetchall() == [(first,)]
    assert before is not None


def test_counted_figures_are_nothing_that_a_rebuild_could_miss(engine, connection):
    with write(engine) as opened:
        Books(opened, 2).fill()
        count_due(opened, lambda: NOW)
    assert connection.execute("SELECT count(*) > 1000 FROM observation").fetchone() == (True,)
    assert compare(connection, connection).equal["observation"] == 0


def test_a_book_that_began_within_a_month_says_nothing_of_that_month(engine, connection):
    with write(engine) as opened:
        books = Books(opened, 4)
        books.put(Landing, datetime(2026, 10, 4, tzinfo=UTC), vessel_no="QNg-MP 0001", receipt_no="1", port="Cảng",
                  species="mực", kg=500)  # fmt: skip
        count_due(opened, lambda: NOW)
        assert figures(connection, "sl_boc_do", OCTOBER) == {}
    with write(engine) as opened:
        count_due(opened, lambda: NOW + timedelta(days=10))
    november = (date(2026, 11, 1), date(2026, 12, 1))
    assert figures(connection, "sl_boc_do", november) == {("province", "51"): 0}  # nothing was landed: 0, not unknown


def test_nobody_is_called_silent_on_a_day_in_which_nobody_was_heard_for_hours(engine, connection):
    with write(engine) as opened:
        Books(opened, 1).fill()
        count_due(opened, lambda: NOW)
    assert figures(connection, "mat_kn_6h", YESTERDAY) == {}
    assert connection.execute("SELECT count(*) FROM figure WHERE indicator LIKE 'vu_mat_kn%'").fetchone() == (0,)


def test_that_nobody_crossed_is_said_only_where_there_is_a_line(engine, connection, monkeypatch):
    monkeypatch.setattr(counted_books, "watched_throughout", lambda *_: True)
    covered = []
    line = "SRID=4326;MULTILINESTRING((111 14, 111 16))"
    with write(engine) as opened:
        books = Books(opened, 3)
        for _ in range(2):
            covered.append(counted_books.CROSSINGS.covers(opened, window_of(Span(*OCTOBER))))
            books.put(Boundary, FIRST, name="Thử", kind="fishing_limit", geom=line)
    assert covered == [False, True]
