"""A department's form in, as figures: whose, for when, how sure, with which paper; totals held against their rows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from geo.errors import BadInput
from ingest.templates.match import NoTemplate
from ingest.templates.read import PeriodNeeded
from ingest.templates.take import PaperFields
from layers.indicators.known import read_known

UNITS = ["Thành phố Quảng Ngãi", "Bình Sơn", "2. Tra Bong", "529"]
BUDGET, SPENT = "Thu ngân sách trên địa bàn (tỷ đồng)", "Giải ngân vốn đầu tư công (%)"
FIRMS = "Doanh nghiệp thành lập mới"
GROUP = ["Đơn vị", BUDGET, None, SPENT, FIRMS]
SUBS = [None, "Trong tháng", "Lũy kế từ đầu năm", "Tỷ lệ so kế hoạch", None]
COUNTED = ["A", "1", "2", "3", "4"]
TITLE = ["BÁO CÁO KINH TẾ – XÃ HỘI THÁNG 10 NĂM 2026"]
MERGED = ("A3:A4", "B3:C3", "E3:E4")
PAPER = PaperFields("12", "BC-MP", date(2026, 11, 5), "Cơ quan mô phỏng", "Người ký mô phỏng")
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))


def form(*rows: list[Any], title: list[Any] = TITLE) -> list[list[Any]]:
    return [["ỦY BAN NHÂN DÂN TỈNH"], title, GROUP, SUBS, COUNTED, *(rows or body())]


def body(first: float = 10.5) -> list[list[Any]]:
    return [[unit, first + n, 100 + n, 40 + n, 3 + n] for n, unit in enumerate(UNITS)]


@pytest.fixture
def values(connection):
    """The values in force: (subject, indicator, first day, status) to number."""

    def read() -> dict[tuple[str, ...], Any]:
        rows = connection.execute(
            "SELECT subject, indicator, period_from, status, value FROM observation"
            " WHERE superseded_at IS NULL AND retracted_at IS NULL"
        )
        return {(s, i, str(f), st): v for s, i, f, st, v in rows}

    return read


def test_a_form_with_titles_groups_and_merged_cells_becomes_figures(take, values, connection):
    taken = take("vsr_demo", form(), paper=PAPER, merged=MERGED)
    assert (taken.summary.lines, taken.summary.messages, taken.summary.stored) == (16, 16, 16)
    assert taken.summary.unaccounted == taken.summary.rejected.total() == taken.summary.ignored.total() == 0
    assert [s.code for s in taken.read.figures.units.values()] == ["522", "524", "525", "529"]
    assert values()["524", "thu_ns", "2026-10-01", "official"] == Decimal("11.5")
    assert values()["524", "thu_ns", "2026-01-01", "official"] == 101
    row = connection.execute(
        "SELECT o.row_no, o.raw, p.number, p.signer, d.sha256 = f.sha256 FROM observation AS o"
        " JOIN paper AS p ON p.id = o.paper_id JOIN delivery AS d ON d.id = o.delivery_id"
        " JOIN department_file AS f ON f.delivery_id = d.id WHERE o.subject = '525' AND indicator = 'dn_moi'"
    ).fetchone()
    raw = '{"row":8,"subject":"2. Tra Bong","column":"Doanh nghiệp thành lập mới","cell":5}'
    assert row == (8, raw.encode(), "12", "Người ký mô phỏng", True)
    again = take("vsr_demo", form(), name="khac.xlsx", paper=PAPER, merged=MERGED)
    assert (again.summary.stored, again.summary.duplicates) == (0, 16)


@pytest.mark.parametrize("gone", ["number", "notation", "issued_on", "agency", "signer"])
def test_without_its_whole_paper_a_figure_is_never_official(gone, take, values):
    taken = take("vsr_demo", form(), paper=replace(PAPER, **{gone: None}))
    assert {key[3] for key in values()} == {"preliminary"}
    assert any("chưa có văn bản" in note.vi for note in taken.read.notes)


def test_a_revision_supersedes_and_the_past_still_sees_the_former(take, values, connection, now):
    take("vsr_demo", form(), paper=PAPER)
    later = now + timedelta(days=2)
    taken = take("vsr_demo", form(*body(20.5)), paper=replace(PAPER, number="15"), at=later)
    assert taken.read.kinds() == {"same": 12, "revised": 4}
    assert values()["522", "thu_ns", "2026-10-01", "official"] == Decimal("20.5")
    source = connection.execute("SELECT id FROM source WHERE code = 'vsr_demo'").fetchone()[0]
    key = ("thu_ns", "unit", "522", *OCTOBER)
    seen = [read_known(connection, source, ["thu_ns"], OCTOBER, at)[key]["official"].value for at in (now, later)]
    assert seen == [Decimal("10.5"), Decimal("20.5")]


def test_a_total_is_kept_apart_and_one_that_does_not_add_up_is_explained(take, values):
    taken = take("vsr_demo", form(*body(), ["Tổng số", 48, 406, None, 19]))
    checks = {(c.title.split(" | ")[-1]): c for c in taken.read.checks}
    assert [(c.fits, c.told, c.summed) for c in checks.values()] == [(True, 48, 48), (True, 406, 406), (False, 19, 18)]
    assert checks["Doanh nghiệp thành lập mới"].why.vi == "dòng tổng lớn hơn tổng 4 dòng là 1"
    assert values()["51", "dn_moi", "2026-10-01", "preliminary"] == 19
    assert taken.summary.ignored == {"blank": 1}


def test_of_a_refused_row_the_total_says_so(take):
    taken = take("vsr_demo", form(*body()[:3], ["529", 13.5, 103, 43, "bảy"], ["Toàn tỉnh", 48, 406, None, 18]))
    assert taken.summary.rejected == {"bad_field": 1}
    check = taken.read.checks[-1]
    assert (check.fits, check.why.vi) == (False, "dòng tổng lớn hơn tổng 3 dòng là 6; 1 ô bị từ chối chưa cộng vào")


def test_what_is_blank_or_unknown_to_its_source_is_not_zero(take, values):
    take("vsr_demo", form(["Bình Sơn", None, "…", "-", 0], *body()[2:]))
    found = {k[1:3]: v for k, v in values().items() if k[0] == "524"}
    assert found == {("thu_ns", "2026-01-01"): None, ("giaingan", "2026-01-01"): None, ("dn_moi", "2026-10-01"): 0}


def test_a_unit_named_twice_is_refused_both_times(take, values):
    taken = take("vsr_demo", form(*body(), ["Huyện Bình Sơn", 1, 2, 3, 4]))
    assert taken.summary.rejected == {"repeated_unit": 8}
    assert "các dòng 7, 10 cùng ghi" in taken.read.figures.rejects[0].reason_vi
    assert not any(key[0] == "524" for key in values())
    assert taken.summary.unaccounted == 0


def test_names_that_are_no_unit_are_explained(take):
    rows = form(
        ["Xã Bình Sơn", 1, 2, 3, 4], ["Binh Son", 1, 2, 3, 4], ["Tây Trà", 1, 2, 3, 4], ["Bình Sờm", 1, 2, 3, 4]
    )
    told = {r.line_no: r.reason_vi for r in take("vsr_demo", rows).read.figures.rejects}
    assert "‘Xã Bình Sơn’ là Xã Bình Sơn (xã, phường, đặc khu), mẫu này lấy theo địa bàn huyện cũ" in told[6]
    assert 7 not in told
    assert "Huyện Tây Trà (cấp huyện, đến " in told[8]
    assert "gần giống: Huyện Bình Sơn" in told[9]


@pytest.mark.parametrize(
    ("cells", "reason", "words"),
    [
        (["Bình Sơn", "1.234", 2, 3, 4], "bad_field", "có thể là 1234 hoặc 1,234"),
        (["Bình Sơn", 1, 2, 300, 4], "bad_field", "300 lớn hơn 100"),
        (["Bình Sơn", 1, 2, 3, 4.5], "bad_field", "không phải là số nguyên"),
        (["Bình Sơn", "=1/0", 2, 3, 4], "bad_row", "ô B6 có công thức chưa tính"),
        (["Bình Sơn", "#REF!", 2, 3, 4], "bad_row", "ô B6 chứa #REF!"),
        ([None, 1, 2, 3, 4], "unknown_unit", "có số liệu mà không ghi tên"),
    ],
)
def test_a_wrong_cell_is_refused_by_its_place(cells, reason, words, take):
    taken = take("vsr_demo", form(cells, *body()[2:]))
    assert set(taken.summary.rejected) == {reason}
    assert words in taken.read.figures.rejects[0].reason_vi
    assert taken.summary.unaccounted == 0


def test_a_column_of_numbers_shows_what_its_points_mean(take, values):
    take("vsr_demo", form(["Bình Sơn", "1.234", 2, 3, "1.234"], ["Trà Bồng", "12,5", 2, 3, "7"]))
    assert values()["524", "thu_ns", "2026-10-01", "preliminary"] == 1234
    assert values()["524", "dn_moi", "2026-10-01", "preliminary"] == 1234


def test_the_form_of_last_year_is_recognised_and_says_so(take, values):
    head = ["Huyện, thị xã, thành phố", "Thu ngân sách", "Doanh nghiệp mới"]
    rows = [["BÁO CÁO THÁNG 3 NĂM 2025"], [], head, ["Bình Sơn", 1.5, 2], ["Tổng số", 1.5, 2]]
    assert not any("chỉ dùng cho kỳ" in note.vi for note in take("vsr_demo", rows).read.notes)
    assert values()["524", "thu_ns", "2025-03-01", "preliminary"] == Decimal("1.5")
    rows[0] = ["BÁO CÁO THÁNG 10 NĂM 2026"]
    taken = take("vsr_demo", rows)
    assert taken.read.template.body.name == "vsr_thang_2025"
    assert "chỉ dùng cho kỳ từ 01/01/2025 đến 30/06/2025; mẫu hiện hành" in taken.read.notes[0].vi
    assert set(taken.summary.rejected) == {"unknown_unit"}  # districts are no more


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        (form(title=["BÁO CÁO"]), PeriodNeeded, "neither the file's name nor its titles"),
        (form(title=["BÁO CÁO THÁNG 12 NĂM 2026"]), BadInput, "has not begun"),
        (form(title=["THÁNG 10 NĂM 2026 (lập ngày 5 tháng 11 năm 2026)"]), PeriodNeeded, "neither"),
        ([TITLE, GROUP[:4], SUBS[:4], *[row[:4] for row in body()]], NoTemplate,
         "column(s) Doanh nghiệp thành lập mới are missing"),
        ([TITLE, GROUP, SUBS, *[[*row, 5] for row in body()]], BadInput, "column F: numbers under no title"),
        ([[f"c{n}" for n in range(500)]], BadInput, "500 columns; 400 at most"),
        ([], BadInput, "the file is empty"),
    ],
    ids=["no period", "future", "two months", "column gone", "shifted", "500 columns", "empty"],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_refused_whole(rows, error, words, take, connection):
    with pytest.raises(error) as raised:
        take("vsr_demo", rows)
    assert words in raised.value.detail
    assert connection.execute("SELECT count(*) FROM observation").fetchone() == (0,)


def test_old_letters_in_a_text_file_are_read(take, values, tmp_path, write_letters):
    lines = ["Báo cáo tháng 10 năm 2026;;;;", ";".join(g or "" for g in GROUP), ";".join(s or "" for s in SUBS)]
    lines += ["Thành phố Quảng Ngãi;10,5;100;40;3", "Huyện Bình Sơn;1.011,5;101;41;4"]
    for name in ("tcvn3", "windows-1258"):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(write_letters(name, "\n".join(lines)).encode("latin-1"))
        assert take("vsr_demo", path).read.match.page.letters.name == name
    assert values()["524", "thu_ns", "2026-10-01", "preliminary"] == Decimal("1011.5")


def test_a_long_form_by_agency_and_one_with_months_as_columns(take, values):
    agency = "Cơ quan mô phỏng số 2"
    rows = [["Tháng 10/2026"], ["Cơ quan", "Chỉ tiêu", "Số lượng"], [agency, "1. Hồ sơ tiếp nhận", 120]]
    rows += [[agency, "Trễ hạn", 3], [agency, "Khác", 1], ["Tổng cộng", "Hồ sơ tiếp nhận", 120]]
    taken = take("igate_demo", rows)
    assert taken.summary.rejected == {"unknown_indicator": 1}
    assert values()["H48.MP.02", "hs_trehan", "2026-10-01", "preliminary"] == 3
    assert [check.fits for check in taken.read.checks] == [True]
    months = ["Chỉ tiêu", "Đơn vị tính", *[f"Tháng {n}" for n in range(1, 13)]]
    cpi = ["Chỉ số giá tiêu dùng", "%", *[100 + n for n in range(11)], 101]
    taken = take("vsr_demo", [["NĂM 2026"], months, cpi])
    assert taken.summary.rejected == {"future_period": 1}  # December, in November
    assert (values()["51", "cpi", "2026-11-01", "preliminary"], taken.summary.stored) == (110, 11)


def test_a_column_many_times_its_former_size_is_told(take, now):
    take("vsr_demo", form(title=["THÁNG 9 NĂM 2026"]))
    taken = take("vsr_demo", form(*[[u, v * 1000, *rest] for u, v, *rest in body()]))
    assert ["gấp 1e+03 lần kỳ trước" in n.vi for n in taken.read.notes].count(True) == 1


def test_in_january_the_month_and_the_year_to_date_are_one_figure(take):
    rows = form(*[[unit, first, first, *rest] for unit, first, _, *rest in body()], title=["THÁNG 1 NĂM 2026"])
    taken = take("vsr_demo", rows)
    assert (taken.summary.stored, taken.summary.ignored, taken.summary.rejected) == (12, {"said_twice": 4}, {})


def test_a_paper_of_this_morning_is_not_of_the_future(take, connection):
    """Before seven in Việt Nam it is still yesterday by UTC."""
    morning = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)
    assert take("vsr_demo", form(), paper=replace(PAPER, issued_on=date(2026, 11, 24)), at=morning).summary.stored == 16
    with pytest.raises(BadInput, match="issued_on"):
        take("vsr_demo", form(), paper=replace(PAPER, issued_on=date(2026, 11, 25)), at=morning)
