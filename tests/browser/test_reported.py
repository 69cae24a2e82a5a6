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
    save = page.locator(by("report-save"))
    expect(save.or_(opener)).to_have_text(["Vẫn ghi"]) if save.is_visible() and page.locator(
        by("report-question")
    ).count() else None
    if page.locator(by("report-question")).count():  # far from where the device was last heard
        page.keyboard.press("Enter")
    expect(page.locator(by("reported"))).to_contain_text("thuyền trưởng")
    expect(page.locator(by("reported-at"))).to_contain_text("không phải tín hiệu thiết bị")
    if folder := os.environ.get("OPSMAP_LOOK"):
        page.wait_for_timeout(3000)
        page.screenshot(path=f"{folder}/reported.png")
        opener.scroll_into_view_if_needed()
        page.screenshot(path=f"{folder}/reported-list.png")
        opener.click()
        page.locator(by("report-save")).scroll_into_view_if_needed()
        page.screenshot(path=f"{folder}/reported-form.png")
