"""The lists of facilities in a real browser: found without dấu, narrowed, opened, come back to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
TOTAL = re.compile(r"\d+")


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def found(page: Any) -> int:
    """How many places the list says it found."""
    text = by(page, "places-total").inner_text().replace(".", "")
    match = TOTAL.search(text)
    assert match is not None
    return int(match[0])


def test_a_facility_is_found_narrowed_and_opened(open_page: Open) -> None:
    page = open_page("/places/health_facility").page
    rows = by(page, "places-table").locator("tbody tr")
    expect(rows.first).to_be_visible()
    everything = found(page)
    by(page, "filter-kind").select_option("hospital")
    expect(rows.first).to_contain_text("Bệnh viện")
    expect(by(page, "places-total")).not_to_contain_text(str(everything))
    hospitals = found(page)
    by(page, "places-search").fill("binh son")
    expect(rows.first).to_contain_text("Bình Sơn")
    expect(rows).not_to_have_count(hospitals)
    rows.first.locator("a").click()
    card = by(page, "place-card")
    expect(card).to_contain_text("giường")
    expect(by(page, "place-age")).to_contain_text("mô phỏng")
    expect(by(page, "mark-simulated")).to_be_visible()
    address = page.url
    assert "kind=hospital" in address
    page.reload()
    expect(card).to_contain_text("Bình Sơn")
    page.keyboard.press("Escape")
    expect(rows.first).to_contain_text("Bình Sơn")


def test_the_list_and_its_map_say_the_same(open_page: Open) -> None:
    page = open_page("/places/health_facility?kind=hospital").page
    expect(by(page, "places-table")).to_be_visible()
    for _ in range(400):
        if page.evaluate("window.opsmap && window.opsmap.ready"):
            break
        page.wait_for_timeout(150)
    drawn = page.evaluate("window.opsmap.map.getSource('places').getData().then((d) => d.features.length)")
    assert drawn == found(page) == by(page, "places-table").locator("tbody tr").count()


def test_nothing_found_says_what_to_do(open_page: Open) -> None:
    page = open_page("/places/health_facility?q=zzzz").page
    expect(page.locator("main")).to_contain_text("Không có cơ sở nào khớp")
