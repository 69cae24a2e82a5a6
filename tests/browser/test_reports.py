"""Reports in a browser: what is seen is what the server made, for a leader without boats; files beside it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def test_a_day_is_shown_published_and_fetched(open_page: Open) -> None:
    watched = open_page("/reports?kind=day", Role.OFFICER)
    page = watched.page
    expect(by(page, "report")).to_be_visible()
    expect(by(page, "report-period")).to_contain_text("tính đến")
    expect(by(page, "mark-simulated")).to_be_visible()
    told = page.request.get(f"{watched.base}/api/bulletins/fisheries/day").json()
    assert by(page, "report").locator("section[data-section]").count() == len(told["sections"])
    expect(page.locator('[data-section="fleet"] tfoot')).to_contain_text("600")
    by(page, "keep").click()
    expect(by(page, "report-told")).to_contain_text("Đã phát hành")
    expect(by(page, "kept").locator("button[aria-pressed=true]")).to_contain_text("bản số 1")
    for name, kind in (("xlsx", "spreadsheetml"), ("pdf", "application/pdf")):
        answer = page.request.get(watched.base + by(page, name).get_attribute("href"))
        assert answer.ok
        assert kind in answer.headers["content-type"]
    page.reload()
    expect(by(page, "report")).to_have_attribute("data-kind", "day")
    page.locator('[data-kind="week"]').first.click()
    expect(by(page, "report")).to_have_attribute("data-kind", "week")
    by(page, "lang-switch").click()
    expect(by(page, "report")).to_contain_text("Fleet by status at the end")


def test_a_leader_reads_figures_and_no_boat(open_page: Open) -> None:
    page = open_page("/reports?kind=day", Role.LEADER).page
    expect(page.locator('[data-section="silences"]')).to_be_visible()
    assert page.locator('[data-section="silent_10_days"]').count() == 0
    assert by(page, "keep").count() == 0
    page.locator('[data-testid="pages"] summary').click()
    expect(page.get_by_role("link", name="Báo cáo")).to_be_visible()
    assert page.get_by_role("link", name="Ca trực").count() == 0
