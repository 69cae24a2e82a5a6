"""One control for the moment: the past is counted, drawn and named as such, and the address keeps it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BACK_H = 20
"""Hours: longer than any report of the demonstration is late, so nothing is added to that moment while we look."""


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def ask(page: Any, path: str) -> Any:
    return page.evaluate("path => fetch(path).then(r => r.json())", path)


def open_live(open_page: Open) -> Any:
    page = open_page("/fisheries", Role.OFFICER).page
    until(page, "window.opsmap.live && window.opsmap.live.vessels > 400")
    expect(page.locator(by("time-input"))).to_be_visible()  # the page knows who reads it
    return page


def go_back(page: Any, hours: float = BACK_H) -> int:
    """Type the moment so many hours ago, as an officer would; its Unix ms."""
    at = int(page.evaluate("window.opsmap.time.exact") // 60_000 * 60_000 - hours * 3_600_000)
    page.locator(by("time-input")).fill(written(page, at))
    page.locator(by("time-input")).press("Enter")
    until(page, f"window.opsmap.time.shown === {at}")
    return at


def written(page: Any, at: int) -> str:
    """23/11/2026 14:05, in Viet Nam's time."""
    script = """ms => new Intl.DateTimeFormat('en-GB', {timeZone: 'Asia/Ho_Chi_Minh', day: '2-digit', month: '2-digit',
      year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}).format(ms).replace(',', '')"""
    return str(page.evaluate(script, at))


def iso(page: Any, at: int) -> str:
    return str(page.evaluate("ms => new Date(ms).toISOString()", at))


def test_a_past_moment_is_counted_and_placed_as_the_server_does(open_page: Open) -> None:
    page = open_live(open_page)
    at = go_back(page)
    answer = ask(page, f"/api/vessels?limit=2000&at={iso(page, at)}")
    assert page.evaluate("window.opsmap.time.counts") == answer["counts"]
    assert page.evaluate("window.opsmap.time.denominator") == answer["denominator"] == 600
    assert sum(answer["counts"].values()) == 600
    for status, count in answer["counts"].items():
        expect(page.locator(f'{by("counts")} [data-status="{status}"]')).to_have_attribute("data-count", str(count))
    heard = [boat for boat in answer["vessels"] if boat["t"] is not None]
    assert len(heard) > 400
    placed = page.evaluate("ids => ids.map(id => window.opsmap.time.place(id))", [boat["id"] for boat in heard])
    wrong = [b["id"] for b, p in zip(heard, placed, strict=True) if p is None or p["status"] != b["status"]]
    assert wrong == []


def test_the_past_is_never_taken_for_now(open_page: Open) -> None:
    page = open_live(open_page)
    expect(page.locator(by("past-banner"))).to_have_count(0)
    at = go_back(page)
    banner = page.locator(by("past-banner"))
    expect(banner).to_contain_text(written(page, at))
    expect(banner).to_contain_text("không phải hiện tại")
    expect(page.locator(by("strip"))).not_to_contain_text("TRỰC TIẾP")
    assert "⟲" in page.title()
    assert page.evaluate("window.opsmap.live.state") == "live"  # it goes on behind
    seen = page.evaluate("window.opsmap.live.seq")
    until(page, f"window.opsmap.live.seq > {seen}")
    page.locator(by("to-live")).click()
    assert page.evaluate("window.opsmap.time.at") is None
    expect(banner).to_have_count(0)
    expect(page.locator(by("strip"))).to_contain_text("TRỰC TIẾP")


def test_boats_are_elsewhere_then_and_the_play_moves_them(open_page: Open) -> None:
    page = open_live(open_page)
    at = go_back(page)
    moving = [
        boat["id"]
        for boat in ask(page, f"/api/vessels?limit=2000&status=on_time&at={iso(page, at)}")["vessels"]
        if (boat["sog_kn"] or 0) > 4
    ]
    assert len(moving) > 20
    places = "ids => ids.map(id => { const p = window.opsmap.time.place(id); return p && [p.lon, p.lat]; })"
    before = page.evaluate(places, moving)
    page.locator(by("speed-1200")).click()
    page.locator(by("play")).click()
    until(page, f"window.opsmap.time.exact > {at} + 3600000")  # over the edge of a chunk
    page.locator(by("play")).click()
    until(page, "!window.opsmap.time.playing && window.opsmap.time.shown")
    after = page.evaluate(places, moving)
    gone = [max(abs(b[0] - a[0]), abs(b[1] - a[1])) for b, a in zip(before, after, strict=True) if a and b]
    assert sum(far > 0.01 for far in gone) > len(moving) / 2
    shown = page.evaluate("window.opsmap.time.shown")
    assert (
        page.evaluate("window.opsmap.time.counts") == ask(page, f"/api/vessels?limit=1&at={iso(page, shown)}")["counts"]
    )


def test_the_address_brings_the_view_back(open_page: Open) -> None:
    page = open_live(open_page)
    at = go_back(page)
    page.locator(by("left-boats")).click()
    page.locator(by("attention-row")).first.click()
    panel = page.locator(by("vessel-panel"))
    expect(panel).to_be_visible()
    chosen = panel.get_attribute("data-id")
    until(page, "location.search.includes('at=') && location.search.includes('z=')")
    page.reload()
    until(page, f"window.opsmap.time && window.opsmap.time.shown === {at}")
    expect(panel).to_have_attribute("data-id", str(chosen))
    expect(page.locator(by("past-banner"))).to_be_visible()
    view = re.search(r"z=([\d.]+)", page.url)
    assert view is not None
    assert abs(page.evaluate("window.opsmap.map.getZoom()") - float(view[1])) < 0.01


def find_gap(page: Any) -> tuple[str, dict[str, Any], list[list[float]]]:
    """A boat that came back from a silence some miles from where it began, its track, and the ends of the silence."""
    for boat in ask(page, "/api/vessels?limit=2000&status=late,on_time")["vessels"]:
        track = ask(page, f"/api/vessels/{boat['id']}/track")
        for each in track["features"]:
            if each["properties"]["kind"] == "gap" and (each["properties"].get("distance_nm") or 0) > 2:
                return boat["id"], track, each["geometry"]["coordinates"]
    raise AssertionError("no boat of the demonstration came back from a silence elsewhere")


def test_a_gap_is_dashed_named_and_never_joined(open_page: Open) -> None:
    page = open_live(open_page)
    boat, track, ends = find_gap(page)
    lon, lat = (sum(end[i] for end in ends) / 2 for i in (0, 1))
    page.goto(page.url.split("?")[0] + f"?vessel={boat}&panel=track&z={quote(f'9/{lat}/{lon}', safe='')}")
    map_ = "window.opsmap.map"
    until(
        page,
        f"{map_} && {map_}.getLayer('track-gap') && {map_}.queryRenderedFeatures({{layers: ['track-gap']}}).length",
    )
    assert page.evaluate("window.opsmap.map.getPaintProperty('track-gap', 'line-dasharray')") is not None
    kinds = "window.opsmap.map.queryRenderedFeatures({layers: ['track-line']}).map(f => f.properties.kind)"
    assert set(page.evaluate(kinds)) <= {"piece"}
    expect(page.locator(by("day-summary"))).to_have_attribute("data-gaps", str(track["summary"]["gaps"]))
    expect(page.locator(f"{by('recent')} .gap").first).to_contain_text("không có vị trí trong")


def test_a_day_is_gone_along_by_keys(open_page: Open) -> None:
    page = open_live(open_page)
    page.locator(by("left-boats")).click()
    page.locator(by("attention-row")).filter(has_text="Chậm").first.click()
    page.locator(by("tab-track")).click()
    slider = page.locator(by("day-slider"))
    expect(slider).to_be_visible()
    slider.press("ArrowLeft")
    until(page, "window.opsmap.time.shown")
    first = page.evaluate("window.opsmap.time.at")
    expect(page.locator(by("day-told"))).to_contain_text(written(page, first))
    slider.press("ArrowLeft")
    until(page, f"window.opsmap.time.at < {first}")


def test_keys_find_a_boat_and_move_the_moment(open_page: Open) -> None:
    page = open_live(open_page)
    page.keyboard.type("0486")
    expect(page.locator(by("result")).first).to_contain_text("QNg-MP 0486")
    page.keyboard.press("Enter")
    expect(page.locator(by("vessel-panel"))).to_contain_text("QNg-MP 0486")
    page.keyboard.press("Escape")
    expect(page.locator(by("vessel-panel"))).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    behind = until(page, "window.opsmap.time.at && Date.now() - window.opsmap.time.at")
    assert 9 * 60_000 < behind < 12 * 60_000
    page.keyboard.press("n")
    assert page.evaluate("window.opsmap.time.at") is None
    page.locator(by("shortcuts")).click()
    page.locator(by("shortcuts-on")).uncheck()
    page.keyboard.press("j")
    assert page.evaluate("window.opsmap.time.at") is None


@pytest.mark.parametrize(("typed", "said"), [("hôm qua", "Chưa hiểu"), ("01/01/2099 00:00", "chưa tới")])
def test_what_is_no_moment_is_said_and_nothing_moves(typed: str, said: str, open_page: Open) -> None:
    page = open_live(open_page)
    page.locator(by("time-input")).fill(typed)
    page.locator(by("time-input")).press("Enter")
    expect(page.locator(by("time-problem"))).to_contain_text(said)
    assert page.evaluate("window.opsmap.time.at") is None


def test_a_guest_has_no_past(open_page: Open) -> None:
    page = open_page("/fisheries?at=2026-01-01T00:00:00%2B07:00").page
    until(page, "window.opsmap.live && window.opsmap.live.mode === 'density'")
    expect(page.locator(by("guest-note"))).to_be_visible()
    until(page, "window.opsmap.time.at === null || null")
    expect(page.locator(by("scrubber"))).to_have_count(0)
