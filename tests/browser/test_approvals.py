"""Maker and checker in a real browser: a steward brings, a leader sees the mark, another account approves, it goes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
HEAD = ["Huyện, thị xã, thành phố", "Thu ngân sách", "Doanh nghiệp mới"]
PLACE = "/?indicator=thu_ns&unit=529&level=district&period=2025-05-01"
FIELDS = {"number": "31", "notation": "BC-MP", "issued_on": "2025-06-04", "agency": "Sở mô phỏng", "signer": "Mô phỏng"}


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def take_picture(page: Any, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("OPSMAP_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def bring(open_page: Open, role: Role, file: Path, value: float) -> Any:
    """A file of one district for May 2025, brought by an account of that role."""
    book = openpyxl.Workbook()
    for row in (["BÁO CÁO THÁNG 5 NĂM 2025"], HEAD, ["Trà Bồng", value, 3]):
        book.active.append(row)
    book.save(file)
    page = open_page("/intake", role).page
    by(page, "source").select_option("vsr_demo")
    with page.expect_file_chooser() as chooser:
        by(page, "choose").click()
    chooser.value.set_files(file)
    expect(by(page, "preview")).to_contain_text("mẫu năm 2025")
    for name, text in FIELDS.items():
        page.locator(f'input[name="{name}"]').fill(text)
    page.locator('input[name="note"]').fill("theo sổ thu tháng 5")
    page.keyboard.press("Enter")
    expect(by(page, "waits")).to_contain_text("chưa duyệt")
    return page


def test_the_mark_goes_when_another_account_approves(open_page: Open, tmp_path: Path) -> None:
    page = bring(open_page, Role.STEWARD, tmp_path / "thang-5.xlsx", 77.5)
    by(page, "tab-queue").click()
    by(page, "list-mine").click()
    by(page, "submission").filter(has_text="thang-5.xlsx").click()
    expect(by(page, "why-not")).to_contain_text("trực điều hành hoặc quản trị duyệt")
    expect(by(page, "decide")).to_have_count(0)
    leader = open_page(PLACE.replace("529", "525"), Role.LEADER).page
    expect(by(leader, "figure")).to_contain_text("77,5", timeout=60_000)
    expect(by(leader, "pending")).to_have_text("chưa duyệt")
    expect(by(leader, "legend-pending")).to_contain_text("1")
    take_picture(leader, "approvals-leader-pending")
    checker = open_page("/intake?tab=queue", Role.OPERATOR).page
    row = by(checker, "submission").filter(has_text="thang-5.xlsx")
    row.focus()
    checker.keyboard.press("Enter")
    expect(by(checker, "submission-card")).to_contain_text("theo sổ thu tháng 5")
    expect(by(checker, "changes")).to_contain_text("77,5")
    take_picture(checker, "approvals-card")
    by(checker, "return").click()
    expect(by(checker, "decide").get_by_role("alert")).to_contain_text("Ghi lý do")
    by(checker, "approve").focus()
    checker.keyboard.press("Enter")
    expect(by(checker, "state")).to_have_text("đã duyệt")
    expect(by(checker, "decisions")).to_contain_text("demo-operator")
    leader.reload()
    expect(by(leader, "figure")).to_contain_text("77,5", timeout=60_000)
    expect(by(leader, "pending")).to_have_count(0)
    by(leader, "figure-number").click()
    expect(by(leader, "history")).to_contain_text("đã duyệt")


def test_the_centre_cannot_approve_what_it_brought_and_a_return_says_why(open_page: Open, tmp_path: Path) -> None:
    page = bring(open_page, Role.OPERATOR, tmp_path / "thang-5-nham.xlsx", 990.5)
    by(page, "tab-queue").click()
    by(page, "submission").filter(has_text="thang-5-nham.xlsx").click()
    expect(by(page, "why-not")).to_contain_text("Bạn là người nạp")
    expect(by(page, "approve")).to_have_count(0)
    checker = open_page("/intake?tab=queue", Role.ADMIN).page
    by(checker, "submission").filter(has_text="thang-5-nham.xlsx").click()
    expect(by(checker, "changes")).to_contain_text("ngoài chuỗi")
    checker.locator('textarea[name="reason"]').fill("thừa một chữ số")
    by(checker, "return").click()
    expect(by(checker, "state")).to_have_text("trả lại")
    checker.keyboard.press("Escape")
    expect(by(checker, "queue")).to_be_visible()
    by(page, "to-queue").click()
    by(page, "list-mine").click()
    expect(by(page, "submission").first).to_contain_text("thừa một chữ số")
    take_picture(page, "approvals-returned")


def test_the_demonstration_has_one_that_waits_and_three_words_of_one_month(open_page: Open) -> None:
    page = open_page("/intake?tab=queue", Role.OPERATOR).page
    waiting = by(page, "submission").filter(has_text="nhap-tay-dn_moi")
    expect(waiting).to_contain_text("chưa duyệt", timeout=60_000)
    expect(waiting).to_contain_text("dưới số chính thức: 1")
    take_picture(page, "approvals-queue")
    leader = open_page("/?indicator=thu_ns&level=former_district&unit=522", Role.LEADER).page
    by(leader, "figure-number").click(timeout=60_000)
    for word in ("ước", "sơ bộ", "chính thức"):
        expect(by(leader, "history").locator("ul").first).to_contain_text(word)
    take_picture(leader, "approvals-three-words")


def test_a_sheet_is_typed_in_by_keyboard(open_page: Open) -> None:
    page = open_page("/intake?tab=typed", Role.STEWARD).page
    page.locator('select[name="typed-source"]').select_option("vsr_demo")
    page.locator('select[name="typed-indicator"]').select_option("dn_moi")
    page.locator('select[name="typed-whose"]').select_option("unit:former_district")
    page.locator('input[name="typed-period"]').fill("2026-02")
    page.keyboard.press("Enter")
    inputs = by(page, "sheet").locator("tbody input")
    expect(inputs.first).to_be_visible()
    inputs.first.focus()
    page.keyboard.type("1.234")
    page.keyboard.press("Enter")
    expect(inputs.nth(1)).to_be_focused()
    page.keyboard.type("hai")
    expect(by(page, "sheet").get_by_role("alert")).to_contain_text("không phải là số")
    expect(by(page, "look")).to_be_disabled()
    inputs.nth(1).fill("2")
    page.locator('input[name="typed-total"]').fill("1.300")
    take_picture(page, "approvals-typed")
    by(page, "look").click()
    expect(by(page, "checks")).to_contain_text("không khớp: dòng tổng lớn hơn tổng 2 dòng là 64")
    by(page, "take").click()
    expect(by(page, "waits")).to_contain_text("chưa duyệt")
