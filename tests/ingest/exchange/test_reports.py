"""Reports of machines and clinics: the counts are right, and nothing that names a person or a machine stays."""

import base64
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

EXAMPLES = Path(__file__).parents[3] / "docs" / "contracts" / "examples"
PEOPLE = (
    "NGƯỜI BỆNH",
    "MP-LK-0001",
    "MP-BN-0002",
    "000000000001",
    "MP0000000000001",
    "Thôn không có thật",
    "0000000001",
)
MACHINES = ("192.0.2.11", "198.51.100.7", "MAY-MP-01", "khong-co@may.example", "0000000091", "Test.A")
CALLERS = ("Người gọi", "0000000022", "0000 000 022", "0000000023", "Thôn không")
HIS = {"his-4750.xml": "MP001", "his-4210.xml": "MP002"}


def _everything(connection: psycopg.Connection) -> Iterator[str]:
    """Every value of every table as text; bytes as text too, and whatever base64 in them hides."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'"
    ).fetchall()
    for (table,) in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'.encode()):
            for value in row:
                yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    yield data.decode("utf-8", errors="replace")
    for run in re.findall(rb"[A-Za-z0-9+/]{16,}={0,2}", data):
        yield base64.b64decode(run[: len(run) // 4 * 4]).decode("utf-8", errors="replace")


def _found(connection: psycopg.Connection, planted: tuple[str, ...]) -> list[str]:
    whole = "\n".join(_everything(connection))
    alone = [re.search(f"(?<![0-9A-F]){re.escape(canary)}(?![0-9A-F])", whole) for canary in planted]
    return [whole[max(0, match.start() - 60) : match.end() + 60] for match in alone if match is not None]


def _values(connection: psycopg.Connection, subject: str, day: str) -> dict[str, int | None]:
    rows = connection.execute(
        "SELECT indicator, value FROM observation WHERE subject = %s AND period_from = %s"
        " AND superseded_at IS NULL AND retracted_at IS NULL", (subject, day)
    ).fetchall()  # fmt: skip
    return {name: None if value is None else int(value) for name, value in rows}


def _example(name: str) -> bytes:
    return (EXAMPLES / name).read_bytes()


@pytest.mark.parametrize("name", HIS)
def test_both_ways_of_writing_a_record_give_the_same_counts(
    connection: psycopg.Connection, axis: Any, name: str
) -> None:
    taken = axis.take(_example(name))
    assert (taken.state, taken.summary.unaccounted) == ("done", 0)
    of_day = {"ho_so_kcb": 3, "luot_kham": 2, "ra_vien_noi_tru": 1, "chuyen_tuyen": 1, "tu_vong": 0, "ngay_dieu_tri": 5}
    assert _values(connection, HIS[name], "2026-11-22") == of_day
    assert _values(connection, HIS[name], "2026-11-21")["tu_vong"] == 1
    again = axis.take(_example(name).replace(b"<CHUKYDONVI/>", b""))
    assert (again.summary.stored, axis.one("SELECT count(superseded_at) FROM observation")) == (1, 0)


def test_no_patient_stays_anywhere(connection: psycopg.Connection, axis: Any) -> None:
    good = _example("his-4750.xml")
    inner = base64.b64encode(
        base64.b64decode(re.findall(rb"<NOIDUNGFILE>(.*?)<", good)[0]).replace(b"NGAY_RA", b"KHONG")
    )
    spoilt = re.sub(rb"<NOIDUNGFILE>.*?<", b"<NOIDUNGFILE>" + inner + b"<", good, count=1)
    torn = re.sub(rb"(<NOIDUNGFILE>.{80}).*?<", rb"\1<", good, count=1)
    letter = axis.letter("31", axis.attach("hs.xml", good), axis.attach("ghi-chu.bin", "NGƯỜI BỆNH".encode()))
    named = "<edXML:StaffInfo><edXML:Staff>NGƯỜI BỆNH</edXML:Staff></edXML:StaffInfo></edXML:TraceHeaderList>"
    staff = axis.letter("32").replace(b"</edXML:TraceHeaderList>", named.encode())
    utf16 = good.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    sent = [good, good[:-50], spoilt, torn, letter, staff, utf16, base64.b64decode(inner), letter[:-30]]
    states = [axis.take(data).state for data in sent]
    assert states == ["done", "rejection", "done", "done", "done", "done", "fail", "fail", "fail"]
    assert _found(connection, PEOPLE) == []
    assert len(_found(connection, ("facility-day", "MP001"))) == 2
    details = [d for (d,) in connection.execute("SELECT detail FROM reject WHERE reason = 'bad_record'")]
    assert any("NGAY_RA" in detail for detail in details)
    assert any("NOIDUNGFILE" in detail for detail in details)


def test_an_agencys_machines_are_counted_and_forgotten(connection: psycopg.Connection, axis: Any) -> None:
    assert axis.take(_example("avreport.xml")).state == "done"
    counts = _values(connection, "H48.91", "2026-11-22")
    assert counts == {
        "may_nhiem": 2, "tep_doc_hai": 6, "ket_noi_doc_hai": 1, "may_co_lo_hong": 0, "lo_hong_chua_va": 0,
        "may_theo_doi": 3, "may_khong_cap_nhat_15_ngay": 1,
    }  # fmt: skip
    axis.take(axis.letter("40", axis.attach("bao-cao.xml", _example("avreport.xml"))))
    axis.take(_example("avreport.xml").replace(b"Datetime>", b"Ngay>"))
    assert _found(connection, MACHINES) == []
    official = axis.one("SELECT count(*) FROM observation WHERE status = 'official' AND paper_id IS NOT NULL")
    assert official == len(counts)


def test_cases_change_their_state_and_nobody_is_named(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(_example("cases-1022.json"))
    later = _example("cases-1022.json").replace(b'"dang_xu_ly"', b'"da_xu_ly"')
    axis.take(later.replace(b'"done_at": null', b'"done_at": "2026-11-23T09:00:00+07:00"'))
    rows = connection.execute(
        "SELECT code, state, superseded_at IS NULL FROM citizen_report ORDER BY code, row_id"
    ).fetchall()
    first = "MP-1022-0001"
    assert rows == [(first, "in_progress", False), (first, "done", True), ("MP-1022-0002", "done", True)]
    assert _found(connection, CALLERS) == []


def test_a_revoked_letter_takes_its_figures_back(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("40", axis.attach("bao-cao.xml", _example("avreport.xml"))))
    axis.take(axis.letter("41", kind="revocation", about=("H48.90,2026,40",)))
    assert _values(connection, "H48.91", "2026-11-22") == {}
    assert axis.one("SELECT count(*), count(retracted_at), count(retracted_by) FROM observation") == (7, 7, 7)


def test_a_value_that_a_revoked_letter_had_corrected_stands_again(connection: psycopg.Connection, axis: Any) -> None:
    fewer = _example("avreport.xml").replace(b"<NumberFile>3<", b"<NumberFile>30<")
    axis.take(axis.letter("40", axis.attach("bao-cao.xml", _example("avreport.xml"))))
    axis.take(axis.letter("41", axis.attach("bao-cao.xml", fewer)))
    assert _values(connection, "H48.91", "2026-11-22")["tep_doc_hai"] == 33
    axis.take(axis.letter("42", kind="revocation", about=("H48.90,2026,41",)))
    assert _values(connection, "H48.91", "2026-11-22")["tep_doc_hai"] == 6


def test_a_corrected_file_of_a_day_stands_in_its_place(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(_example("his-4750.xml"))
    fewer = re.sub(rb" *<HOSO>.*?</HOSO>\n", b"", _example("his-4750.xml"), count=1, flags=re.DOTALL)
    axis.take(fewer)
    assert _values(connection, "MP001", "2026-11-22")["ho_so_kcb"] == 2
    assert axis.one("SELECT max(value) FROM observation WHERE superseded_at IS NOT NULL") == Decimal(3)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir()))
def test_what_is_kept_of_a_message_gives_the_same_facts(connection: psycopg.Connection, axis: Any, name: str) -> None:
    """The raw store is enough: its messages taken into an empty database give the same observations and rows."""
    told = "SELECT indicator, subject, period_from, value, status FROM observation ORDER BY 1, 2, 3"
    rows = (
        "SELECT code, state, content FROM citizen_report UNION SELECT code, name, pupils::text FROM school ORDER BY 1"
    )
    axis.take(_example(name), name="anything")
    before = (connection.execute(told).fetchall(), connection.execute(rows).fetchall())
    kept = b"".join(d for (d,) in connection.execute(
        "SELECT p.data FROM exchange_message AS m JOIN raw_piece AS p ON p.sha256 = m.kept_sha256 ORDER BY p.number"
    ))  # fmt: skip
    for table in (
        "observation",
        "topic_day",
        "epidemic_count",
        "citizen_report",
        "school",
        "paper",
        "exchange_message",
    ):
        connection.execute(f"TRUNCATE {table}".encode())
    axis.take(kept)
    assert (connection.execute(told).fetchall(), connection.execute(rows).fetchall()) == before
