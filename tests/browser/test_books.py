"""The fishery books in a browser: a count is its list, a row leads to its boat, telephones stay masked until asked."""

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
TABLE, ROWS = '[data-testid="books-table"]', '[data-testid="books-table"] tbody tr'


def test_lists_boats_and_their_papers(open_page) -> None:
    watched = open_page("/books", Role.OFFICER)
    page = watched.page
    expect(page.locator(TABLE)).to_be_visible(timeout=30_000)
    for name in ("disagreements", "licence_expired", "strangers"):
        button = page.locator(f'[data-list="{name}"]')
        button.click()
        count = button.get_attribute("data-count")
        expect(page.locator('[data-testid="books-total"]')).to_have_attribute("data-total", count or "")
        expect(page.locator(ROWS)).to_have_count(int(count or 0))
    expect(page.locator('[data-testid="mark-simulated"]')).to_be_visible()
    page.locator('[data-list="disagreements"]').click()
    page.locator("[data-disagreement]").first.click()
    expect(page.locator('[data-testid="disagreement"] .side')).to_have_count(2)
    page.locator('[data-list="licence_expired"]').click()
    page.locator(f"{ROWS} a").first.click()
    books = page.locator('[data-testid="boat-books"]')
    expect(books.locator('[data-paper="over"]').first).to_contain_text("hết hạn", timeout=30_000)
    page.locator('[data-testid="tab-people"]').click()
    people = page.locator('[data-testid="boat-people"]')
    expect(people.locator('[data-testid="masked"]')).to_contain_text("••••", timeout=30_000)
    people.locator('[data-testid="unmask"]').click()
    people.locator('[data-testid="unmask-reason"]').fill("thử gọi tàu")
    people.locator('[data-testid="unmask-ask"]').click()
    expect(people.locator('[data-testid="contacts"]')).to_contain_text("000")
    page.locator('[data-testid="tab-now"]').click()
    page.locator('[data-testid="tab-people"]').click()
    expect(people.locator('[data-testid="contacts"]')).to_contain_text("000")  # asked once, not at every look
    watched.check()


def test_a_list_becomes_a_group_that_the_map_shows_alone(open_page) -> None:
    watched = open_page("/books?list=licence_expired", Role.OFFICER)
    page = watched.page
    expect(page.locator(TABLE)).to_be_visible(timeout=30_000)
    total = page.locator('[data-testid="books-total"]').get_attribute("data-total")
    page.locator('[data-testid="books-to-group"]').click()
    page.locator('[data-testid="books-group-name"]').fill("Giấy phép hết hạn, thử")
    page.keyboard.press("Enter")
    made = page.locator('[data-testid="books-made"] a')
    expect(made).to_contain_text(f"({total})", timeout=30_000)
    made.click()
    expect(page.locator('[data-testid="filter"]')).to_have_attribute("data-count", str(total), timeout=30_000)
    expect(page.locator("[data-denominator]")).to_have_attribute("data-denominator", str(total), timeout=30_000)
    page.go_back()
    page.locator('[data-list="high_risk"]').click()
    expect(page.locator(f"{ROWS} li").first).to_contain_text(
        "=", timeout=30_000
    )  # each reason: times × weight = points
    watched.check()
