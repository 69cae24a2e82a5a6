"""A form that is written and read back is the answer it was written from; what is checked once holds for ever."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.text import fold
from ingest.surveys.check import PERSON, Line, check_lines
from ingest.surveys.form import ANSWERS, HEAD_ROW, Blank, write_form
from ingest.surveys.read import Asked, FormRead, read_answer_form
from layers.surveys.body import Question, SurveyBody, carry_over
from layers.surveys.rounds import Agency, Edition, Round
from layers.surveys.seed import survey_of
from layers.units.load import DATA, read_csv

NAMES = {row["code"]: row["name_vi"] for row in read_csv(DATA / "indicators.csv")}
TOLD = [survey_of(row) for row in json.loads((DATA / "surveys.json").read_text("utf-8"))]
EDITIONS = {
    row["code"]: Edition(
        number, **{k: v for k, v in row.items() if k != "body"}, body=SurveyBody.model_validate(row["body"])
    )
    for number, row in enumerate(TOLD, 1)
}
US = Agency("so_y_te", "Sở Y tế", "Department of Health")
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def asked(code: str, agency: str = US.code) -> Asked:
    edition = EDITIONS[code]
    every = [e for e in EDITIONS.values() if e.survey == edition.survey]
    made = Round(7, edition, date(2026, 11, 16), 10, (US.code, "so_tai_chinh"), "simulated", "thử")
    return Asked(made, agency, every, NAMES)


def write(path: Path, code: str, rows: Sequence[Any]) -> Path:
    blank = Blank(asked(code).round, US, rows, 3, NAMES, date(2026, 11, 30), NOW)
    path.write_bytes(write_form(blank))
    return path


def read(path: Path, code: str) -> FormRead:
    return read_answer_form(path, asked(code))


def values(question: Question) -> st.SearchStrategy[Any]:
    """Anything a person may answer, before it is checked."""
    words = st.text(min_size=1, max_size=40) | st.sampled_from(["=1+1", "_x000D_", "@gì", "Hệ thống – báo cáo", "007"])
    if question.kind in ("choice", "choices"):
        codes = [choice.code for choice in question.choices]
        return st.sampled_from(codes) if question.kind == "choice" else st.lists(st.sampled_from(codes), min_size=1)
    if question.kind == "count":
        return st.integers(0, 10_000_000)
    if question.kind == "date":
        return st.dates(date(1945, 9, 2), date(2099, 12, 31)).map(date.isoformat)
    return st.sampled_from(sorted(NAMES)) | words if question.kind == "indicator" else words


@st.composite
def answers(draw: st.DrawFn, body: SurveyBody) -> list[dict[str, Any]]:
    some = st.fixed_dictionaries({}, optional={q.code: values(q) for q in body.questions})
    return draw(st.lists(some, max_size=4))


def canonical(body: SurveyBody, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return check_lines(body, NAMES, [Line(n, row) for n, row in enumerate(rows, 1)]).rows


@pytest.mark.parametrize("code", sorted(EDITIONS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_written_is_read_back(code: str, tmp_path: Path, data: st.DataObject) -> None:
    body = EDITIONS[code].body
    rows = canonical(body, data.draw(answers(body)))
    found = read(write(tmp_path / "form.xlsx", code, rows), code)
    assert found.checked.rows == rows
    assert found.checked.wrong == []
    assert found.edition.code == code
    assert found.notes == ()
    assert found.stamp["answer"] == "3"


@pytest.mark.parametrize("code", sorted(EDITIONS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_checked_again_it_is_itself(code: str, data: st.DataObject) -> None:
    body = EDITIONS[code].body
    rows = canonical(body, data.draw(answers(body)))
    assert canonical(body, rows) == rows
    keys = [fold(row[body.key]) for row in rows]
    assert len(keys) == len(set(keys))


def change(path: Path, *cells: tuple[str, Any]) -> Path:
    """The same form with some cells changed, as a person does it."""
    book = openpyxl.load_workbook(path)
    for where, value in cells:
        book[ANSWERS][where] = value
    book.save(path)
    return path


SYSTEM = {
    "name": "Hệ thống mô phỏng", "exchange": ["api", "file"], "users": 40, "data_owner": "Sở Y tế", "updates": "day",
    "contact": "Phòng Kế hoạch – Tài chính",
}  # fmt: skip
FIRST = HEAD_ROW + 2


def test_bad_cells_are_refused_and_the_rest_is_kept(tmp_path: Path) -> None:
    second = SYSTEM | {"name": "Hệ thống hai"}
    form = write(tmp_path / "form.xlsx", "systems.2026", [SYSTEM, second])
    change(
        form, (f"G{FIRST}", "bốn mươi"), (f"J{FIRST}", "thỉnh thoảng"), (f"K{FIRST + 1}", "Ông Mô Phỏng, 0000 000 001")
    )
    checked = read(form, "systems.2026").checked
    expected = [(SYSTEM, ("users", "updates")), (second, ("contact",))]
    assert checked.rows == [{k: v for k, v in row.items() if k not in refused} for row, refused in expected]
    told = {(w.number, w.question): w for w in checked.wrong}
    assert set(told) == {(FIRST, "users"), (FIRST, "updates"), (FIRST + 1, "contact")}
    assert "chọn: Tức thời; Hằng ngày" in told[FIRST, "updates"].fault.vi
    person = told[FIRST + 1, "contact"]
    assert person.reason == PERSON
    assert "Mô Phỏng" not in person.reject().raw.decode()  # a person is kept nowhere
    assert not checked.whole


def test_a_line_without_a_name_and_a_name_on_two_lines(tmp_path: Path) -> None:
    form = write(tmp_path / "form.xlsx", "systems.2026", [SYSTEM, SYSTEM | {"name": "hai"}, SYSTEM | {"name": "ba"}])
    change(form, (f"A{FIRST + 1}", None), (f"A{FIRST + 2}", "HỆ THỐNG mô phỏng"))
    checked = read(form, "systems.2026").checked
    assert checked.rows == []
    assert [(w.number, w.reason) for w in checked.wrong] == [
        (FIRST, "repeated_code"), (FIRST + 1, "missing_field"), (FIRST + 2, "repeated_code"),
    ]  # fmt: skip
    assert checked.dropped == 3 * (len(SYSTEM) - 1)


def test_last_years_form_is_mapped_and_told(tmp_path: Path) -> None:
    old = {
        "name": "Cổng cũ",
        "vendor": "Nhà cung cấp A",
        "exchange": "api",
        "server_room": "Tầng 2",
        "update_period": "online",
    }
    found = read(write(tmp_path / "old.xlsx", "systems.2025", [old]), "systems.2026")
    assert found.edition.code == "systems.2025"
    assert found.checked.rows == [
        {"name": "Cổng cũ", "vendor": "Nhà cung cấp A", "exchange": ["api"], "updates": "realtime"}
    ]
    told = " / ".join(note.vi for note in found.notes)
    assert "Biểu của kỳ 2025, không phải kỳ 2026" in told
    assert "Cột cũ ‘Nhà cung cấp’ lấy vào ‘Đơn vị cung cấp, xây dựng’" in told
    assert "‘Nơi đặt máy chủ’ không lấy: kỳ này không hỏi nữa" in told
    assert "Biểu không có cột ‘Phục vụ việc gì’" in told
    assert found.ignored == 1
    assert carry_over([old], EDITIONS["systems.2025"].body, EDITIONS["systems.2026"].body) == found.checked.rows


def test_a_form_without_a_stamp_is_known_by_its_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["BIỂU KHẢO SÁT"],
        ["Tên hệ thống thông tin, cơ sở dữ liệu", "Nhà cung cấp", "Cột lạ"],
        ["Một", "B", "x"],
    ):
        book.active.append(row)
    book.save(tmp_path / "own.xlsx")
    found = read(tmp_path / "own.xlsx", "systems.2026")
    assert found.edition.code == "systems.2025"
    assert found.checked.rows == [{"name": "Một", "vendor": "B"}]
    told = " / ".join(note.vi for note in found.notes)
    assert "không có dấu phiên bản" in told
    assert "Cột C ‘Cột lạ’ không lấy: không phải câu hỏi" in told


def test_forms_of_others_are_refused_as_a_whole(tmp_path: Path) -> None:
    form = write(tmp_path / "form.xlsx", "systems.2026", [SYSTEM])
    with pytest.raises(BadInput) as other_survey:
        read_answer_form(form, asked("indicators.2026"))
    assert "khảo sát khác" in other_survey.value.title
    with pytest.raises(BadInput) as other_agency:
        read_answer_form(form, asked("systems.2026", "so_tai_chinh"))
    assert "cơ quan khác" in other_agency.value.title
    book = openpyxl.Workbook()
    book.active.append(["Một", "Hai"])
    book.save(tmp_path / "none.xlsx")
    with pytest.raises(BadInput, match="names the columns"):
        read(tmp_path / "none.xlsx", "systems.2026")


def test_a_formula_nobody_calculated_is_refused_by_its_cell(tmp_path: Path) -> None:
    form = change(write(tmp_path / "form.xlsx", "systems.2026", [SYSTEM]), (f"G{FIRST}", "=1+1"))
    (wrong,) = read(form, "systems.2026").checked.wrong
    assert (wrong.number, wrong.question) == (FIRST, "users")
    assert "công thức chưa tính" in wrong.fault.vi
