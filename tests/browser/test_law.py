"""The page of the law in a real browser: five days one click away, doubt by shape and word, corrected by who may."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def test_five_days_are_one_click_away(open_page: Open) -> None:
    page = open_page("/law?conduct=silence&length_m=25&at=2026-03-01", Role.OFFICER).page
    expect(by(page, "law-penalty").first).to_contain_text("300 – 500 triệu đồng")
    expect(by(page, "law-lead")).to_contain_text("Trung ương chủ trì")
    expect(by(page, "verified").first).to_contain_text("chưa xác minh")
    by(page, "law-compare").click()
    rows = by(page, "five-dates").locator("tbody tr")
    expect(rows).to_have_count(5)
    assert len(set(rows.locator("td:nth-child(2)").all_inner_texts())) == 3
    cited = [f"{row.locator('td').nth(0).inner_text()} {row.locator('td').nth(1).inner_text()}" for row in rows.all()]
    assert len(set(cited)) == 5
    expect(rows.first).to_contain_text("chưa có số liệu mức phạt")
    assert by(page, "law-edit").count() == 0
    page.reload()
    expect(rows).to_have_count(5)
    by(page, "law-bar").first.click()
    expect(by(page, "law-answer")).to_contain_text("25/04/2019")
    by(page, "lang-switch").click()
    expect(by(page, "law-answer")).to_contain_text("Silence of the monitoring device")


def test_who_may_corrects_a_row_and_says_why(open_page: Open) -> None:
    page = open_page("/law?conduct=devices&length_m=20", Role.OPERATOR).page
    by(page, "law-edit").first.click()
    form = by(page, "law-form")
    form.locator("button[type=submit]").click()
    expect(form).to_be_visible()  # no reason, no change
    by(page, "law-reason").fill("thử sửa một dòng mô phỏng")
    form.get_by_label("Nguồn").fill("công báo (thử)")
    form.locator("button[type=submit]").click()
    expect(page.get_by_role("status")).to_contain_text("Dòng cũ vẫn đọc được")
    expect(by(page, "law-rows")).to_contain_text("công báo (thử)")
