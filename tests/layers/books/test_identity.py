"""Registers join by the number, a boat stands on the map once, and a new number is a dated link."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.text import registration_key
from ingest.exchange.retract import retract_paper
from layers.sources.papers import Heading, record_paper
from layers.vessels.registry import key_sql

BOAT = ("QNg-MP 0901", "Thử Một", "15,5", "câu", "Người Một mô phỏng")
HERS = ("QNG MP0901", "Thử Một", "15,5", "câu", "Người Một mô phỏng")
SECOND = ("QNg-MP 0902", "Thử Hai", "12,5", "lưới", "Người Hai mô phỏng")


def on_the_map(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT label, name FROM vessel_now ORDER BY label").fetchall()


@given(st.text(st.sampled_from("QNgĐđăÂ -./0369tsmp"), max_size=14))
def test_a_number_is_compared_without_case_signs_and_dau(text: str) -> None:
    key = registration_key(text)
    assert key == registration_key(key) == registration_key(text.lower()) == registration_key(f" {text} ")
    assert key.isascii()


def test_python_and_the_database_join_alike(connection: psycopg.Connection) -> None:
    for number in ("QNg-MP 0369", "qng mp-0369 ", "ĐN-MP 07", "bđ.mp/12"):
        row = connection.execute(f"SELECT {key_sql('%s::text')}", (number,)).fetchone()
        assert row == (registration_key(number),)


def test_two_registers_one_boat(register: Callable, connection: psycopg.Connection) -> None:
    register(BOAT, SECOND)
    register(HERS, ("TK-MP 0701", "Thử Xa", "20", "câu"), source="national")
    assert on_the_map(connection) == [
        ("QNg-MP 0901", "Thử Một"), ("QNg-MP 0902", "Thử Hai"), ("TK-MP 0701", "Thử Xa")
    ]  # fmt: skip
    rows = connection.execute("SELECT count(*), count(DISTINCT id), count(*) FILTER (WHERE leads) FROM vessel")
    assert rows.fetchone() == (4, 3, 3)


def test_the_database_itself_refuses_a_boat_twice(register: Callable, connection: psycopg.Connection) -> None:
    register(BOAT)
    register(HERS, source="national")
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("UPDATE vessel SET leads = true")


def test_a_correction_of_either_register_keeps_one_boat(register: Callable, connection: psycopg.Connection) -> None:
    register(BOAT)
    register(HERS, source="national")
    register((*HERS[:1], "Thử Mới", *HERS[2:]), source="national")
    assert on_the_map(connection) == [("QNg-MP 0901", "Thử Một")]
    register((*BOAT[:1], "Thử Đổi", *BOAT[2:]))
    assert on_the_map(connection) == [("QNg-MP 0901", "Thử Đổi")]


def test_a_rank_says_which_register_is_believed(register: Callable, connection: psycopg.Connection) -> None:
    register(BOAT)
    register((*HERS[:1], "Thử Khác", *HERS[2:]), source="national")
    connection.execute("INSERT INTO register_rank SELECT id, 0 FROM source WHERE code = 'national'")
    register((*HERS[:1], "Thử Khác", "15,6", *HERS[3:]), source="national")
    assert on_the_map(connection) == [("QNG MP0901", "Thử Khác")]


RENUMBERED = ("Số văn bản;Số đăng ký cũ;Số đăng ký mới;Từ ngày", "1/QĐ-MP;QNg-MP 0901;QNg-MP 0911;01/11/2026")


@pytest.mark.parametrize("order", ["paper first", "paper last"])
def test_a_new_number_is_a_dated_link(
    order: str, register: Callable, book: Callable, connection: psycopg.Connection
) -> None:
    register(BOAT)
    before = connection.execute("SELECT id FROM vessel").fetchone()
    steps = [lambda: book("renumbering", *RENUMBERED), lambda: register(("QNg-MP 0911", *BOAT[1:]))]
    for step in steps if order == "paper first" else steps[::-1]:
        step()
    assert on_the_map(connection) == [("QNg-MP 0911", "Thử Một")]
    assert connection.execute("SELECT DISTINCT id FROM vessel WHERE superseded_at IS NULL").fetchone() == before
    numbers = connection.execute("SELECT shown, valid_from, valid_to FROM vessel_number ORDER BY reg_key").fetchall()
    (old, new) = numbers
    assert (old[0], old[1], new[0], new[2]) == ("QNg-MP 0901", None, "QNg-MP 0911", None)
    assert old[2] == new[1] is not None
    names = connection.execute("SELECT code FROM vessel WHERE superseded_at IS NULL ORDER BY code").fetchall()
    assert names == [("QNg-MP 0901",), ("QNg-MP 0911",)]  # what the registers wrote stays as they wrote it


def test_a_register_taken_back_leaves_the_other(register: Callable, connection: psycopg.Connection, now) -> None:
    register(BOAT)
    first = register((*BOAT[:2], "16,5", *BOAT[3:]))
    register(HERS, source="national")
    source = connection.execute("SELECT source_id FROM delivery WHERE id = %s", (first.delivery_id,)).fetchone()[0]
    paper = record_paper(connection, Heading("p"), (source, first.delivery_id), None, now)
    connection.execute("UPDATE delivery SET paper_id = %s WHERE id = %s", (paper, first.delivery_id))
    retract_paper(connection, paper, "revoked", (paper, None), now + timedelta(minutes=1))
    assert connection.execute("SELECT label, length_m FROM vessel_now").fetchall() == [("QNg-MP 0901", 15.5)]
    assert connection.execute("SELECT count(*) FROM vessel WHERE superseded_at IS NULL").fetchone() == (2,)
