"""The examples of the contract load without a refusal, and what they have too much of is not kept."""

from pathlib import Path

import psycopg
import pytest

from ingest.deliveries import Sender
from ingest.form import Message
from ingest.forms import form_named
from layers.units.load import DATA

EXAMPLES = DATA.parents[1] / "docs" / "contracts" / "examples"


@pytest.mark.parametrize(
    ("form", "name", "rows"),
    [
        ("layer:vessel", "books-register", 2),
        ("book:border_call", "books-border", 2),
        ("book:port_call", "books-ports", 1),
        ("book:landing", "books-landings", 2),
        ("book:penalty", "books-penalties", 1),
        ("book:renumbering", "books-renumbering", 1),
    ],
)
def test_an_example_is_taken_and_its_rest_left_out(form, name, rows, connection: psycopg.Connection, now) -> None:
    data = (EXAMPLES / f"{name}.csv").read_bytes()
    message = Message(data, f"{name}.csv", Sender("thu", "simulated", "thử"), now)
    first, again = (form_named(form).take(connection, message, lambda: now) for _ in range(2))
    assert (first.stored, first.rejected.total(), again.stored, again.duplicates) == (rows, 0, 0, rows)
    kept = b"".join(raw for (raw,) in connection.execute("SELECT data FROM raw_piece"))
    assert b"QNg-MP 09" in kept or b"QNG-MP 09" in kept
    assert "Người mua".encode() not in kept
    assert "Người vi phạm".encode() not in kept


def test_power_without_its_unit_is_refused_as_a_whole(connection: psycopg.Connection, now) -> None:
    text = Path(EXAMPLES / "books-register.csv").read_text(encoding="utf-8").replace(" (CV)", "")
    message = Message(text.encode(), "so.csv", Sender("thu", "simulated", "thử"), now)
    taken = form_named("layer:vessel").take(connection, message, lambda: now)
    assert (taken.stored, taken.rejected) == (0, {"bad_file": 1})
    detail, raw = connection.execute("SELECT detail, raw FROM reject").fetchone()
    assert "kw or cv" in detail
    assert b"0000000901" not in raw


def test_a_row_that_names_no_time_is_refused_by_name(book) -> None:
    loaded = book("border_call", "Số lượt;Số tàu;Trạm;Chiều;Thời gian", "1;QNg-MP 0901;T;xuất bến;",
                  "2;QNg-MP 0901;T;lên;22/11/2026 05:00", "3;QNg-MP 0901;T;về;5:30 22/11/2026")  # fmt: skip
    assert [(r.line_no, r.faults[0].field) for r in loaded.rejects] == [(1, "at"), (2, "direction")]
    assert loaded.summary.stored == 1
