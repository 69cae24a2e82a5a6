"""The pilot's evaluation in a browser: missing months look missing, lessons are written, files stand beside it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from tests.browser.axe import find_violations

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def by(page: Any, name: str) -> Any:
    return page.locator(f'[data-testid="{name}"]')


def test_missing_months_are_seen_and_a_lesson_is_written_and_published(open_page: Open, axe: str) -> None:
    watched = open_page("/pilot", Role.OPERATOR)
    page = watched.page
    expect(by(page, "pilot-report")).to_be_visible()
    expect(by(page, "mark-simulated")).to_be_visible()
    told = page.request.get(f"{watched.base}/api/bulletins/pilot/twelve").json()
    months = next(section for section in told["sections"] if section["name"] == "months")
    missing = [row["key"] for row in months["rows"] if row["values"]["uptime"]["en"] != "yes"]
    assert len(missing) == 11  # it ran in this month only
    for key in missing:
        expect(page.locator(f'[data-area="uptime"] [data-month="{key}"]')).to_have_text("không có ghi nhận")
    expect(page.locator(f'[data-part="web"] [data-month="web/{missing[0]}"]')).to_have_text("không có ghi nhận")
    expect(page.locator('[data-part="web"] td b')).to_have_count(1)
    assert find_violations(page, axe) == []
    by(page, "lesson-category").select_option("people")
    by(page, "lesson-text").fill("Trực đêm cần hai người")
    by(page, "lesson-send").click()
    expect(page.locator('[data-section="lessons"]')).to_contain_text("Trực đêm cần hai người")
    by(page, "lesson-rewrite").first.click()
    by(page, "lesson-text").fill("Trực đêm cần ba người")
    by(page, "lesson-send").click()
    expect(page.locator('[data-section="lessons"]')).to_contain_text("Trực đêm cần ba người")
    expect(by(page, "lessons-former")).to_contain_text("(1)")
    by(page, "pilot-keep").click()
    expect(by(page, "pilot-kept").locator("button[aria-pressed=true]")).to_contain_text("bản số 1")
    for name, kind in (("pilot-xlsx", "spreadsheetml"), ("pilot-pdf", "application/pdf")):
        answer = page.request.get(watched.base + by(page, name).get_attribute("href"))
        assert answer.ok
        assert kind in answer.headers["content-type"]


def test_a_leader_reads_and_writes_nothing(open_page: Open) -> None:
    page = open_page("/pilot?from=2025-10", Role.LEADER).page
    expect(by(page, "pilot-period")).to_contain_text("01/10/2025")
    assert by(page, "lesson-form").count() == by(page, "pilot-keep").count() == 0
    page.locator('[data-testid="pages"] summary').click()
    expect(page.get_by_role("link", name="Đánh giá thử nghiệm")).to_be_visible()
