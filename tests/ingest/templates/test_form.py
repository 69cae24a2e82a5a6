"""The form `template`: the same file posted with a key or attached to a letter finds its template by itself."""

import pytest

from fixtures.letters import Department, Sent, write_letter
from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.exchange.desk import Desk
from ingest.exchange.take import Incoming, take_message
from ingest.form import Message
from ingest.forms import form_named
from web.commands.templates import read_paper

HEAD = ["Huyện, thị xã, thành phố", "Thu ngân sách", "Doanh nghiệp mới"]
ROWS = [["BÁO CÁO THÁNG 3 NĂM 2025"], HEAD, ["Bình Sơn", 1.5, 2]]
OFFICE = Department("H48.MP.05", "Văn phòng (mô phỏng)", "one_stop_shop")


def test_a_posted_file_finds_its_template(templates, book, now):
    sender = Sender("vsr_demo", "simulated")
    posted = Message(book(ROWS).read_bytes(), "thang-3.xlsx", sender, now)
    summary = form_named("template").take(templates, posted, lambda: now)
    assert (summary.stored, summary.rejected.total()) == (2, 0)
    torn = Message(posted.data[:300], "hong.xlsx", sender, now)
    assert form_named("template").take(templates, torn, lambda: now).rejected == {"bad_file": 1}
    files = templates.execute("SELECT name, state, door FROM department_file ORDER BY id").fetchall()
    assert files == [("thang-3.xlsx", "taken", "post"), ("hong.xlsx", "refused", "post")]


def test_a_letter_makes_its_figures_official_and_takes_them_back(templates, book, now):
    content = book(ROWS).read_bytes()
    sent = Sent("H48.MP.05,2026,MP-1", now)
    letter = write_letter(OFFICE, sent, [("b.xlsx", "template:vsr_thang_2025", content)])
    desk = Desk(Sender("axis_try", "simulated"))
    taken = take_message(templates, Incoming(letter, "a.edxml"), desk, lambda: now)
    assert (taken.state, taken.detail) == ("done", None)
    statuses = "SELECT DISTINCT status, paper_id IS NOT NULL, retracted_at IS NULL FROM observation"
    assert templates.execute(statuses).fetchall() == [("official", True, True)]
    back = write_letter(OFFICE, Sent("H48.MP.05,2026,MP-2", now, "revocation", sent.document), [])
    take_message(templates, Incoming(back, "b.edxml"), desk, lambda: now)
    assert templates.execute(statuses).fetchall() == [("official", True, False)]


def test_an_agency_publishes_only_what_it_may(templates, book, now):
    letter = write_letter(OFFICE, Sent("x", now), [("b.xlsx", "template:vsr_thang_2025", book(ROWS).read_bytes())])
    desk = Desk(Sender("axis_try", "simulated"), may={OFFICE.code: frozenset({"template:yte_thang"})})
    taken = take_message(templates, Incoming(letter, "a.edxml"), desk, lambda: now)
    assert taken.state == "rejection"
    assert "template:vsr_thang_2025" in (taken.detail or "")


def test_a_paper_as_one_text():
    paper = read_paper("12/BC-MP; 2026-11-05; Sở mô phỏng; Mô phỏng")
    assert (paper.whole, paper.number, paper.notation) == (True, "12", "BC-MP")
    for told in ("12", "12; 2026-11-05; a; b", "12/x; hôm nay; a; b"):
        with pytest.raises(BadInput, match="paper"):
            read_paper(told)
