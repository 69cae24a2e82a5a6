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
    expect(books.locator('[data-testid="masked"]')).to_contain_text("••••")
    books.locator('[data-testid="unmask"]').click()
    books.locator('[data-testid="unmask-reason"]').fill("thử gọi tàu")
    books.locator('[data-testid="unmask-ask"]').click()
    expect(books.locator('[data-testid="contacts"]')).to_contain_text("000")
    watched.check()
