"""The page of sources in a browser: a newcomer finds why a source is red, whom to call, and replays its rejects."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from fixtures import nmea
from geo.clock import system_clock
from ingest.deliveries import Delivery, Opened, Sender
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from layers.access.roles import Role
from layers.database import connect, transaction
from layers.sources.contacts import Contact, put_contact
from layers.sources.pulse import Came, move_pulse

MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)


def _break_a_source(url: str) -> None:
    """A coast that should deliver every hour, has not since yesterday, and of which much was refused."""
    now = system_clock()
    then = now - timedelta(hours=30)
    good = nmea.sentences(nmea.position_a(999_000_777, 7, MOTION), b"A", 1)[0]
    with connect(url) as connection, transaction(connection):
        sender = Sender("coast_demo", "simulated", "Trạm thu thử (mô phỏng)", cadence=timedelta(hours=1))
        delivery = Delivery(connection, sender, "spool", lambda: then, Opened(form="nmea"))
        rejects = [
            Reject("bad_checksum", "its bytes give 5C", good),
            Reject("not_a_sentence", "7 bytes", "rác sóng".encode()),
        ]
        store_rejects(connection, delivery.source_id, delivery.id, rejects, then, then)
        move_pulse(connection, delivery.source_id, Came(10, 2, 2, 0, 8), then)
        put_contact(connection, "coast_demo", Contact("Trung tâm thử (mô phỏng)", "Trực máy", "000 1"), "thử", now)
        delivery.close()


def test_why_it_is_red_whom_to_call_and_replay(product, open_page) -> None:
    _break_a_source(product.url)
    watched = open_page("/sources", Role.STEWARD)
    page = watched.page
    rows = page.get_by_test_id("source-row")
    red = page.locator('[data-testid="source-row"][data-code="coast_demo"]')
    red.wait_for()
    assert rows.first.get_attribute("data-state") == "stale"
    assert red.get_attribute("data-state") == "stale"
    assert red.locator('a[href="tel:0001"]').count() == 1
    first = red.get_by_test_id("age").inner_text()
    red.get_by_role("link", name="Trạm thu thử").click()  # the first click says why
    why = page.get_by_test_id("why").inner_text()
    assert "gọi nơi trả lời" in why
    assert "giờ" in first
    groups = page.get_by_test_id("reject-groups").get_by_role("button")
    groups.filter(has_text="Sai tổng kiểm tra").wait_for()
    assert groups.count() == 2
    page.get_by_test_id("rejects").get_by_role("button").filter(has_text="rác sóng").click()
    card = page.get_by_test_id("reject-card")
    card.wait_for()
    assert "Nhiễu đường truyền" in card.inner_text()
    assert "72 c3 a1 63" in card.inner_text()
    page.get_by_label("Tìm trong dòng, không cần dấu").fill("rac song")
    page.keyboard.press("Enter")
    expect(page.locator('[data-testid="rejects"] > li')).to_have_count(1)
    page.get_by_label("Tìm trong dòng, không cần dấu").fill("")
    page.keyboard.press("Enter")
    page.get_by_test_id("replay").click()
    done = page.get_by_test_id("replay-progress").get_by_text(re.compile("hiểu được 1, lưu mới 1"))
    done.wait_for()
    page.get_by_test_id("deliveries").get_by_text("đọc lại của lần gửi").wait_for()
    with connect(product.url) as connection:
        states = connection.execute("SELECT state, count(*) FROM reject GROUP BY 1 ORDER BY 1").fetchall()
    assert dict(states)["replayed"] == 1


def test_a_number_leads_to_its_document(open_page) -> None:
    watched = open_page("/?unit=522&level=former_district&measure=school.schools", Role.LEADER)
    page = watched.page
    page.get_by_test_id("unit-card").get_by_test_id("shown-measure").wait_for()
    page.get_by_test_id("lineage").locator("summary").first.click()
    paper = page.get_by_test_id("lineage-paper").first
    paper.wait_for()
    assert re.search(r"Văn bản \d+/BC-MP", paper.inner_text())
    assert "layer_file/1" in page.get_by_test_id("lineage").first.inner_text()
