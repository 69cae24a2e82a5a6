"""One steward answers in the browser, another by the form; the centre sees who has answered, and the gap close."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from geo.clock import system_clock
from ingest.surveys.form import ANSWERS, HEAD_ROW
from layers.access.accounts import LINK_LIFE, ensure_account, token_hash
from layers.access.roles import Role
from layers.database import connect, transaction
from layers.surveys.rounds import tie_to_agency
from web.demo_surveys import STEWARD_OF

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
OTHER = "bhxh"
TOKEN = "khao-sat-thu-hai"
SLOW_MS = 60_000
ROUND = '[data-testid="round"][data-survey="indicators"][data-edition="2026"]'


def by(page: Any, name: str) -> Any:
    return page.get_by_test_id(name)


def take_picture(page: Any, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("OPSMAP_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def second(product: Any) -> str:
    """A sign-in address of a second steward, of another agency."""
    with connect(product.url) as connection, transaction(connection):
        account = ensure_account(connection, "steward-thu-hai", Role.STEWARD, system_clock)
        tie_to_agency(connection, "steward-thu-hai", OTHER)
        connection.execute("DELETE FROM login_link WHERE token_hash = %s", (token_hash(TOKEN),))
        connection.execute(
            "INSERT INTO login_link (token_hash, account_id, expires_at) VALUES (%s, %s, %s)",
            (token_hash(TOKEN), account, system_clock() + LINK_LIFE),
        )
    return f"{product.base}/login?link={TOKEN}"


def counts(page: Any) -> dict[str, int]:
    """How many indicators stand in which state, as the page says."""
    found = by(page, "gap-counts").locator("button")
    expect(found).to_have_count(4, timeout=SLOW_MS)
    return {each.get_attribute("data-state"): int(each.locator("b").inner_text().split()[-1]) for each in found.all()}


def with_nobody(page: Any) -> list[str]:
    """Health indicators that nobody has yet."""
    page.goto(page.url.partition("?")[0] + "?view=gap&domain=yt&state=none")
    rows = by(page, "gap-list").locator("tbody tr[data-state='none']")
    expect(rows.first).to_be_visible(timeout=SLOW_MS)
    return [row.get_attribute("data-indicator") for row in rows.all()]


def answer_by_page(page: Any, indicator: str) -> None:
    """Add a line about an indicator to the draft, send it, mend what is refused, send it again."""
    page.locator(ROUND).click()
    expect(by(page, "answer-state")).to_have_attribute("data-state", "draft", timeout=SLOW_MS)
    by(page, "add-line").click()
    form = by(page, "line-form")
    form.get_by_label("Chỉ tiêu (mã hoặc tên)").fill(indicator)
    form.get_by_label("Đơn vị tính").fill("người")
    form.get_by_label("Kỳ báo cáo").select_option("year")
    form.get_by_label("Toàn tỉnh").check()
    form.get_by_label("Dạng số liệu").select_option("xlsx")
    form.get_by_label("Phòng, đơn vị đầu mối").fill("Anh Mô Phỏng, 0000 000 001")
    by(page, "submit").click()
    expect(by(page, "fault")).to_contain_text("không ghi người, số điện thoại", timeout=SLOW_MS)
    expect(by(page, "told")).to_contain_text("chưa gửi")
    take_picture(page, "survey-fault")
    form.get_by_label("Phòng, đơn vị đầu mối").fill("Phòng Nghiệp vụ Y (mô phỏng)")
    by(page, "submit").click()
    expect(by(page, "told")).to_contain_text("Đã gửi câu trả lời", timeout=SLOW_MS)
    expect(by(page, "answer-state")).to_have_attribute("data-state", "submitted")
    expect(page.locator(ROUND).locator("[data-state='on_time']")).to_be_visible()


def fill(form: Path, *rows: list[str]) -> Path:
    """Write rows below those that the form has."""
    book = openpyxl.load_workbook(form)
    page = book[ANSWERS]
    first = next(n for n in range(HEAD_ROW + 2, 400) if page.cell(n, 1).value is None)
    for number, row in enumerate(rows, first):
        for column, value in enumerate(row, 1):
            page.cell(number, column).value = value or None
    filled = form.with_name("da-dien.xlsx")
    book.save(filled)
    return filled


def answer_by_form(page: Any, indicator: str, folder: Path) -> None:
    """Download the form, fill it in with a bad cell, see it refused, mend it, take and send it."""
    page.locator(ROUND).click()
    with page.expect_download() as download:
        by(page, "download").click()
    form = folder / "bieu.xlsx"
    download.value.save_as(form)
    row = [
        indicator,
        "người",
        "Hằng năm",
        "Toàn tỉnh; Xã, phường, đặc khu",
        "",
        "Tệp Excel, CSV",
        "",
        "01/01/2020",
        "Phòng Chế độ",
    ]
    by(page, "form-file").set_input_files(fill(form, [*row[:2], "mỗi ngày rằm", *row[3:]]))
    faults = by(page, "form-faults")
    expect(faults).to_contain_text("‘mỗi ngày rằm’ không có trong danh sách; chọn: Hằng ngày", timeout=SLOW_MS)
    expect(by(page, "take-submit")).to_be_disabled()
    take_picture(page, "survey-form-refused")
    by(page, "form-file").set_input_files(fill(form, row))
    expect(by(page, "form-lines").locator("tr.new")).to_have_count(1, timeout=SLOW_MS)
    expect(by(page, "form-faults")).to_have_count(0)
    take_picture(page, "survey-form")
    by(page, "take-submit").click()
    expect(by(page, "told")).to_contain_text("Đã gửi câu trả lời", timeout=SLOW_MS)


def test_two_agencies_answer_and_the_gap_closes(open_page: Open, second: str, tmp_path: Path) -> None:
    centre = open_page("/surveys?view=gap", Role.OPERATOR).page
    before = counts(centre)
    one, two, *_ = with_nobody(centre)

    steward = open_page("/surveys", Role.STEWARD).page
    expect(by(steward, "own-agency")).to_have_text("Sở Y tế", timeout=SLOW_MS)
    answer_by_page(steward, one)

    other = open_page("/surveys").page
    other.goto(second)
    other.goto(other.url.rpartition("/")[0] + "/surveys")
    expect(by(other, "own-agency")).to_have_text("Bảo hiểm xã hội tỉnh", timeout=SLOW_MS)
    answer_by_form(other, two, tmp_path)

    centre.goto(centre.url.partition("?")[0] + "?view=gap")
    after = counts(centre)
    assert sum(after.values()) == sum(before.values())
    assert before["none"] - after["none"] >= 2
    assert after["told"] - before["told"] == before["none"] - after["none"]
    rows = by(centre, "gap-list")
    expect(rows.locator(f'[data-indicator="{one}"]')).to_contain_text("Sở Y tế")
    expect(rows.locator(f'[data-indicator="{two}"]')).to_contain_text("Bảo hiểm xã hội tỉnh")
    take_picture(centre, "survey-gap")
    by(centre, "view-rounds").click()
    centre.locator(ROUND).click()
    for agency, door in ((STEWARD_OF, "trang web"), (OTHER, "biểu XLSX")):
        row = by(centre, "standings").locator(f'[data-agency="{agency}"]')
        expect(row.locator("[data-state='on_time']")).to_be_visible(timeout=SLOW_MS)
        expect(row).to_contain_text(door)
    take_picture(centre, "survey-standings")


def test_the_map_of_where_figures_reach(open_page: Open) -> None:
    page = open_page("/surveys?view=map", Role.LEADER).page
    expect(by(page, "cover-list").locator("tbody tr")).to_have_count(96, timeout=SLOW_MS)
    by(page, "cover-district").click()
    expect(by(page, "cover-list").locator("tbody tr")).to_have_count(23, timeout=SLOW_MS)
    expect(by(page, "cover-legend")).to_contain_text("chưa có số liệu")
    expect(by(page, "mark-simulated")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(by(page, "cover-legend")).to_contain_text("no figure yet")
    take_picture(page, "survey-map")


def test_a_guest_is_told_who_it_is_for(open_page: Open) -> None:
    page = open_page("/surveys").page
    expect(page.get_by_role("alert")).to_contain_text("dành cho đầu mối số liệu")
