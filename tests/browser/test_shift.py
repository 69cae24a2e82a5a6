"""The shift in two browsers: lines by the keyboard, and giao ca that needs two persons who have read the same."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from layers.database import connect

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.fixture(autouse=True)
def nobody_on_duty(product: Any) -> None:
    """As on the first day: shifts are append-only, so what other tests have begun is taken away past the triggers."""
    with connect(product.url) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in ("handover", "shift_note", "shift"):
            connection.execute(f"DELETE FROM {table}".encode())


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def write(page: Any, line: str) -> None:
    before = int(by(page, "shift-log").get_attribute("data-count"))
    by(page, "shift-line").fill(line)
    by(page, "shift-line").press("Enter")
    expect(by(page, "shift-log")).to_have_attribute("data-count", str(before + 1))
    expect(by(page, "shift-log")).to_contain_text(line)


def test_two_persons_hand_over(open_page: Open) -> None:
    giver = open_page("/shift", Role.OFFICER).page
    by(giver, "shift-begin").get_by_role("button", name="Nhận ca").click()
    expect(by(giver, "shift-head")).to_contain_text("demo-officer")
    write(giver, "Tàu mô phỏng báo về qua đài")
    expect(by(giver, "shift-line")).to_be_focused()
    expect(by(giver, "shift-line")).to_have_value("")
    giver.get_by_role("heading", name="Nhật ký").click()
    giver.keyboard.press("g")
    by(giver, "prepare").click()
    expect(by(giver, "handover")).to_have_attribute("data-handover", re.compile(r"\d+"))
    for section in giver.locator("[data-section]").all():
        shown = min(int(section.get_attribute("data-count") or 0), 8)
        assert section.locator("li").count() >= shown
    by(giver, "confirm-from").click()
    expect(giver.locator('[data-side="from"]')).to_contain_text("demo-officer đã xác nhận")
    assert by(giver, "confirm-to").count() == 0  # not by the same person
    write(giver, "Ghi thêm sau khi giao")
    taker = open_page("/shift", Role.OPERATOR).page
    expect(by(taker, "changes")).to_contain_text("Ghi thêm sau khi giao")
    assert by(taker, "confirm-from").count() == 0
    former = by(taker, "shift-head").get_attribute("data-shift")
    by(taker, "confirm-to").click()
    expect(by(taker, "shift-told")).to_contain_text("Ca mới bắt đầu")
    expect(by(taker, "shift-head")).to_contain_text("demo-operator")
    assert by(taker, "shift-head").get_attribute("data-shift") != former
    expect(by(taker, "past-shifts").locator("li").first).to_contain_text("demo-officer → demo-operator")
    expect(by(taker, "mark-simulated")).to_be_visible()


def test_guests_are_told_to_sign_in(open_page: Open) -> None:
    expect(by(open_page("/shift").page, "shift-for-officers")).to_be_visible()
    expect(by(open_page("/reports").page, "reports-for-readers")).to_be_visible()
