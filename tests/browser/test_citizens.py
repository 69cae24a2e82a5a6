"""A report with photo and place from a phone, its code kept; the centre answers; the citizen reads and rates it."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from layers.access.roles import Role

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = 360, 740
SLOW_MS = 60_000
PLACE = {"longitude": 108.8009, "latitude": 15.1214, "accuracy": 12}
TEXT = "Nắp cống vỡ giữa ngã ba, trẻ em hay đi qua (thử)"


def picture() -> dict:
    """A photo as large as a phone's."""
    kept = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(kept, "JPEG", quality=90)
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def fits(page: Page) -> bool:
    """Whether nothing has to be pushed sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_report_from_the_phone_to_its_answer(open_page) -> None:
    watched = open_page("/report", width=WIDTH, height=HEIGHT)
    page = watched.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(PLACE)
    assert fits(page)
    expect(page.get_by_test_id("mark-simulated")).to_be_visible()
    page.locator("#category").select_option("traffic")
    page.locator("#text").fill(TEXT)
    page.locator("#photo").set_input_files([picture()])
    page.locator("#here").click()
    expect(page.locator("#place")).to_contain_text("15.121400, 108.800900")
    page.locator("#name").fill("Người thử")
    page.locator("#phone").fill("0000 000 001")
    with page.expect_request(lambda r: r.method == "POST") as sent:
        page.get_by_test_id("send").click()
    expect(page.get_by_test_id("code")).to_be_visible(timeout=SLOW_MS)
    assert int(sent.value.header_value("content-length") or 0) < len(picture()["buffer"]) / 2  # made smaller first
    assert fits(page)
    code = page.get_by_test_id("code").inner_text()
    number = page.locator("dd", has_text="PA-20").inner_text()
    expect(page.locator("img")).to_have_count(1)

    desk = open_page(f"/citizens?report={number}", Role.OPERATOR).page
    expect(desk.get_by_test_id("mark-simulated")).to_be_visible(timeout=SLOW_MS)
    for action in ("acknowledge", "assign", "start"):
        desk.locator(f'[data-step="{action}"]').click()
    expect(desk.locator('[data-step="submit"]')).to_be_disabled()  # an answer needs words
    desk.get_by_test_id("say").fill("Đã thay nắp cống (thử)")
    desk.locator('[data-step="submit"]').click()
    desk.locator('[data-step="approve"]').click()
    expect(desk.get_by_test_id("report-state")).to_have_text("Đã xử lý", timeout=SLOW_MS)
    expect(desk.locator(f'[data-report="{number}"]')).to_have_count(0)  # no longer among the open ones

    page.goto(f"{watched.base}/report/{code}")
    expect(page.get_by_test_id("state")).to_have_text("Đã xử lý", timeout=SLOW_MS)
    expect(page.get_by_text("Đã thay nắp cống (thử)")).to_be_visible()
    page.locator('[name="rating"][value="5"]').check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.get_by_text("Bạn đã đánh giá: 5/5")).to_be_visible()
    assert fits(page)


def test_what_is_near_is_asked_and_a_complaint_is_shown_its_way(open_page) -> None:
    watched = open_page("/report", width=WIDTH, height=HEIGHT)
    page = watched.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(PLACE | {"latitude": 15.2})
    for turn in range(2):
        page.locator("#category").select_option("utilities")
        page.locator("#text").fill("Đèn đường không sáng (thử)")
        page.locator("#here").click()
        expect(page.locator("#place")).to_contain_text("15.200000")
        page.get_by_test_id("send").click()
        if turn == 0:
            expect(page.get_by_test_id("code")).to_be_visible(timeout=SLOW_MS)
            page.goto(f"{watched.base}/report")
    near = page.get_by_test_id("near")
    expect(near).to_contain_text("0 m", timeout=SLOW_MS)
    near.get_by_role("button", name="Cùng việc này").click()
    expect(page.get_by_test_id("joined")).to_contain_text("PA-", timeout=SLOW_MS)
    page.goto(f"{watched.base}/report")
    expect(page.get_by_text("Ban Tiếp công dân tỉnh").first).to_be_visible()
