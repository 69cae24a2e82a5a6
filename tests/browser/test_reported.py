"""A position called in by radio: taken down with the keyboard alone, asked about on land, shown as a person's word."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def test_a_call_is_taken_down_with_the_keyboard(open_page: Open) -> None:
    page = open_page("/fisheries", Role.OFFICER).page
    page.locator(by("search")).fill("0486")
    page.locator(by("result")).first.click()
    opener = page.locator(by("report-open"))
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f'{by("report-form")} [name="lat"]')).to_be_focused()
    page.keyboard.type("15 độ 6 phút")
    page.keyboard.press("Tab")
    page.keyboard.type("108 độ 30 phút")
    page.keyboard.press("Enter")
    expect(page.locator(by("report-question"))).to_contain_text("đất liền")
    page.locator(f'{by("report-form")} [name="lon"]').focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("110 độ 5 phút")
    expect(page.locator(by("report-question"))).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(by("report-question")).or_(page.locator(by("reported"))).first).to_be_visible()
    if page.locator(by("report-question")).count():  # the demonstration's boat may be far from there
        page.keyboard.press("Enter")
    expect(page.locator(by("reported"))).to_contain_text("thuyền trưởng")
    expect(page.locator(by("legend"))).to_contain_text("không phải tín hiệu thiết bị")
    expect(page.locator(by("reported-at"))).to_contain_text("không phải tín hiệu thiết bị")
    if folder := os.environ.get("OPSMAP_LOOK"):
        page.evaluate("window.opsmap.map.jumpTo({center: [110.0833, 15.1], zoom: 8.5})")
        page.wait_for_timeout(4000)
        page.screenshot(path=f"{folder}/reported.png")
