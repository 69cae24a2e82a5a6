"""The storm's page in a real browser: counts are lists, the deadline in words, calls by keyboard, writing down."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def test_counts_are_lists_and_the_call_list_goes_by_keyboard(open_page: Open) -> None:
    page = open_page("/storm", Role.POST).page
    expect(by(page, "storm-deadline")).to_contain_text("Công điện")
    expect(by(page, "mark-simulated")).to_be_visible()
    states = by(page, "storm-state")
    expect(states).to_have_count(6)
    for n in range(6):
        if states.nth(n).get_attribute("aria-expanded") != "true":
            states.nth(n).click()
        count = int(states.nth(n).get_attribute("data-count"))
        expect(by(page, "storm-list").locator("li")).to_have_count(min(count, 60))
    calls = by(page, "storm-calls")
    calls.focus()
    page.keyboard.press("ArrowDown")
    first = calls.locator('[aria-selected="true"]').get_attribute("data-id")
    expect(by(page, "storm-boat")).to_have_attribute("data-id", first)
    page.keyboard.press("ArrowDown")
    expect(by(page, "storm-boat")).not_to_have_attribute("data-id", first)
    page.keyboard.press("Enter")
    by(page, "storm-reason").fill("gọi tàu vào tránh bão (thử)")
    page.keyboard.press("Enter")
    expect(by(page, "storm-contacts")).to_be_visible()


def test_a_bulletin_is_written_down_and_a_bad_one_is_not(open_page: Open) -> None:
    watched = open_page("/storm", Role.OPERATOR)
    page = watched.page
    by(page, "storm-add-bulletin").click()
    by(page, "storm-bulletin").fill("99")
    by(page, "storm-source").fill("Đài thử")
    by(page, "storm-lat-0").fill("95")
    by(page, "storm-lon-0").fill("112")
    by(page, "storm-save").click()
    expect(page.get_by_role("alert")).to_contain_text("row 1, lat: 95")
    watched.errors.clear()  # the refusal was asked for
    by(page, "storm-lat-0").fill("14,5")
    by(page, "storm-r6-0").fill("120 90 60 100")
    by(page, "storm-save").click()
    expect(page.get_by_role("status")).to_contain_text("Bản trước vẫn xem lại được")
    expect(by(page, "storm-bulletins")).to_contain_text("Bản tin 99")


def test_a_leader_sees_totals_and_no_boat(open_page: Open) -> None:
    page = open_page("/storm", Role.LEADER).page
    by(page, "storm-areas").click()
    expect(by(page, "storm-totals")).to_contain_text("Vùng biển Hoàng Sa")
    expect(by(page, "storm-totals").locator("tfoot")).to_contain_text("600 /")
    assert by(page, "storm-calls").count() == 0
    assert by(page, "storm-add-bulletin").count() == 0
