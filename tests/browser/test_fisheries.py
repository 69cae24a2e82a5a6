"""The officers' sea in a real browser: live, searchable, honest when ingest stops; a guest sees no boat."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def test_boats_move_and_the_delay_is_told(open_page: Open) -> None:
    page = open_page("/fisheries", Role.OFFICER).page
    until(page, "window.opsmap.live && window.opsmap.live.vessels > 400")
    first = page.evaluate("window.opsmap.live.seq")
    until(page, f"window.opsmap.live.seq > {first} + 1")
    assert until(page, "window.opsmap.live.delayMs") > 0
    expect(page.locator(by("live-delay"))).to_contain_text("giây")
    expect(page.locator(by("mark-simulated")).first).to_be_visible()


def test_counts_add_up_to_the_denominator(open_page: Open) -> None:
    page = open_page("/fisheries", Role.OFFICER).page
    until(page, "window.opsmap.live && window.opsmap.live.vessels > 400")
    answer = page.evaluate("fetch('/api/vessels?limit=1').then(r => r.json())")
    assert sum(answer["counts"].values()) == answer["denominator"] == 600
    expect(page.locator(by("counts"))).to_contain_text("600")
    for status, count in answer["counts"].items():
        found = page.evaluate(f"fetch('/api/vessels?limit=2000&status={status}').then(r => r.json())")
        assert len(found["vessels"]) == found["total"]
        assert abs(found["total"] - count) <= 5  # boats change their status while we ask


@pytest.mark.parametrize("typed", ["0486", "mp 0486", "QNg-MP 0486"])
def test_a_boat_is_found_by_its_digits(typed: str, open_page: Open) -> None:
    page = open_page("/fisheries", Role.OFFICER).page
    page.locator(by("search")).fill(typed)
    result = page.locator(by("result")).first
    expect(result).to_contain_text("QNg-MP 0486")
    result.click()
    panel = page.locator(by("vessel-panel"))
    expect(panel).to_contain_text("QNg-MP 0486")
    expect(panel).to_contain_text("chưa xác minh")


def test_a_boat_is_found_by_its_name_without_marks(open_page: Open) -> None:
    from geo.text import fold

    page = open_page("/fisheries", Role.OFFICER).page
    boat = page.evaluate("fetch('/api/vessels?q=0100').then(r => r.json())")["vessels"][0]
    page.locator(by("search")).fill(fold(boat["name"]))
    expect(page.locator(by("result")).filter(has_text=boat["name"]).first).to_be_visible()


def test_a_guest_sees_how_many_and_not_who(open_page: Open) -> None:
    page = open_page("/fisheries").page
    until(page, "window.opsmap.live && window.opsmap.live.mode === 'density'")
    expect(page.locator(by("guest-note"))).to_be_visible()
    assert "QNg-MP" not in page.content()
    assert page.evaluate("window.opsmap.live.vessels") == 0


def test_the_page_says_when_ingest_dies_and_when_it_is_back(open_page: Open, product: Any) -> None:
    page = open_page("/fisheries", Role.OFFICER).page
    until(page, "window.opsmap.live && window.opsmap.live.state === 'live'")
    expect(page.locator(by("banner"))).to_have_count(0)
    product.kill_feed()
    try:
        expect(page.locator(by("banner"))).to_be_visible(timeout=10_000)
        assert page.evaluate("window.opsmap.live.state") == "silent"
    finally:
        product.start_feed()
    until(page, "window.opsmap.live.state === 'live'")
    expect(page.locator(by("banner"))).to_have_count(0)
