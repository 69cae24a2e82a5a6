"""A steward's file in a real browser: chosen by keyboard, shown, completed with its document, taken, listed."""

import os
import re
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
FIELDS = {"number": "21", "notation": "BC-MP", "issued_on": "2025-04-03", "agency": "Sở mô phỏng", "signer": "Mô phỏng"}


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def take_picture(page: Any, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("OPSMAP_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_steward_brings_a_file(open_page: Open, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = [["BÁO CÁO THÁNG 3 NĂM 2025"], HEAD, ["Bình Sơn", 10.5, 2], ["Trà Bồng", "hai", 3], ["Tổng số", 12, 5]]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "thang-3.xlsx")
    page = open_page("/intake", Role.STEWARD).page
    page.on("filechooser", lambda _: None)  # kept from here on: asked for at the press, a busy browser may be late
    expect(by(page, "expected").locator("li").first).to_be_visible(timeout=60_000)
    expect(by(page, "expected")).to_contain_text(re.compile("trễ 2 ngày làm việc"))
    take_picture(page, "intake-first")
    by(page, "source").select_option("vsr_demo")
    expect(by(page, "choose")).to_be_enabled()
    by(page, "choose").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "thang-3.xlsx")
    expect(by(page, "preview")).to_contain_text("mẫu năm 2025")
    expect(by(page, "refused")).to_contain_text("‘hai’ không phải là số")
    expect(by(page, "checks")).to_contain_text("không khớp: dòng tổng lớn hơn tổng 1 dòng là 1,5")
    expect(by(page, "notes")).to_contain_text("chưa có văn bản")
    take_picture(page, "intake-shown")
    for name, value in FIELDS.items():
        page.locator(f'input[name="{name}"]').fill(value)
    page.keyboard.press("Enter")
    expect(by(page, "done")).to_contain_text("5 lưu mới")
    expect(by(page, "figures")).to_contain_text("chính thức")
    expect(by(page, "files").locator("li").first).to_contain_text("theo văn bản 21/BC-MP")
    take_picture(page, "intake-done")
    by(page, "forget").click()
    with page.expect_file_chooser() as chooser:
        by(page, "choose").click()
    chooser.value.set_files(tmp_path / "thang-3.xlsx")
    expect(by(page, "known")).to_contain_text("theo văn bản 21/BC-MP với tên ‘thang-3.xlsx’")
    page.get_by_role("button", name="English").click()
    expect(by(page, "known")).to_contain_text("This file was taken on")


def test_a_file_in_no_form_offers_its_columns(open_page: Open, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Tháng 10 năm 2026"], ["Địa bàn", "Thu ngân sách", "Xe máy"], ["Bình Sơn", 1, 2], ["Trà Bồng", 2, 3]):
        book.active.append(row)
    book.save(tmp_path / "la.xlsx")
    page = open_page("/intake", Role.STEWARD).page
    by(page, "source").select_option("vsr_demo")
    with page.expect_file_chooser() as chooser:
        by(page, "choose").click()
    chooser.value.set_files(tmp_path / "la.xlsx")
    form = by(page, "make-template")
    expect(form).to_contain_text("● chắc")
    take_picture(page, "intake-columns")
    form.locator('input[name="template-name"]').fill("thu_moi")
    form.locator('input[name="template-title"]').fill("Thu ngân sách (mô phỏng)")
    by(page, "save-template").click()
    expect(by(page, "preview")).to_contain_text("Thu ngân sách (mô phỏng)")


def test_a_guest_is_told_who_it_is_for(open_page: Open) -> None:
    page = open_page("/intake").page
    expect(page.get_by_role("alert")).to_contain_text("dành cho đầu mối số liệu")
