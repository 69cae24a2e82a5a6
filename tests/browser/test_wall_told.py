"""What the wall is told in a real browser: guests who see no boat, a stream that is lost, a new build."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from layers.access.roles import Role
from layers.wall.state import Wall
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
Tell = Callable[[Wall], None]
BOAT = re.compile(r"QNg-MP|99900\d{4}")


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def test_guests_in_the_room_and_no_boat_is_named_anywhere(open_page: Open) -> None:
    """Pressed on one page; on all of them no number is left in the document, and none comes any more."""
    scene = "/wall?cols=2&rows=1&row=0&col="
    desk = open_page("/wall?cols=1&rows=1", Role.OPERATOR, 960, 540).page
    heard: list[tuple[int, str]] = []
    screens = []
    for col in range(2):
        watched = open_page("/fisheries", Role.OFFICER, 640, 400)
        page = watched.page
        page.on("websocket", lambda s, n=col: s.on("framereceived", lambda data, n=n: heard.append((n, str(data)))))
        page.goto(f"{watched.base}{scene}{col}")
        screens.append(page)
    try:
        desk.locator(by("scene-province")).click()
        for page in (desk, *screens):
            until(
                page,
                "window.opsmap.wall && window.opsmap.wall.scene === 'province' && window.opsmap.live.vessels > 400",
            )
        expect(screens[1].locator(by("attention")).locator("li").first).to_contain_text("QNg-MP")
        pressed = desk.evaluate("window.opsmap.wall.now")
        desk.locator(by("guest")).click()
        for page in (desk, *screens):
            page.locator(by("guest-sign")).first.wait_for(timeout=20_000)  # this machine draws in software
            assert page.evaluate("window.opsmap.wall.toldMs") - pressed < 2_000  # by the server's clock
            assert page.evaluate("window.opsmap.live.mode") == "density"
            assert page.evaluate("window.opsmap.live.vessels") == 0
            assert not BOAT.search(page.content())
        for number in range(2):
            mine = [data for n, data in heard if n == number]
            turn = max(i for i, data in enumerate(mine) if '"mode":"density"' in data)
            assert [data[:80] for data in mine[turn:] if BOAT.search(data)] == []
            assert not [data[:80] for data in mine[turn:] if "OSP1" in data], "no position either"
        asked: list[str] = []
        screens[0].on("response", lambda r: asked.append(r.text()) if "/api/" in r.url else None)
        screens[0].reload()
        until(screens[0], "window.opsmap.live && window.opsmap.live.mode === 'density'")
        assert not BOAT.search(" ".join(asked) + screens[0].content())
    finally:
        desk.locator(by("guest")).click()
        desk.locator(by("rotate")).click()
    until(screens[1], "window.opsmap.live.mode === 'exact'")


def test_a_screen_that_lost_the_stream_says_so(open_page: Open) -> None:
    watched = open_page("/wall?cols=1&rows=1", width=640, height=400)
    page = watched.page
    until(page, "window.opsmap.live && window.opsmap.live.state === 'live'")
    page.context.set_offline(True)
    expect(page.locator(f"{by('age')}[data-state=lost]")).to_be_visible(timeout=10_000)
    page.context.set_offline(False)
    until(page, "window.opsmap.live.state === 'live'")
    watched.errors.clear()  # what the browser says of a lost connection is no fault of the page


def test_a_new_build_makes_the_page_anew(open_page: Open) -> None:
    """The server names its build in every hello; a page of another one loads itself again."""
    watched = open_page("/login")
    page, links = watched.page, []
    page.route_web_socket(re.compile("/live"), lambda link: (links.append(link), link.connect_to_server()))
    page.goto(f"{watched.base}/wall?cols=1&rows=1")
    until(page, "window.opsmap.live && window.opsmap.live.state === 'live'")
    page.evaluate("window.before = 1")
    epoch = page.evaluate("window.opsmap.live.epoch")
    hello = {"type": "hello", "epoch": epoch, "role": "guest", "mode": "density", "server_ms": 0, "build": "another"}
    links[0].send(json.dumps(hello))
    until(page, "window.before === undefined")


def test_a_lost_graphics_context_makes_the_page_anew(open_page: Open) -> None:
    watched = open_page("/wall?cols=1&rows=1", width=640, height=400)
    page = watched.page
    until(page, "window.opsmap.ready")
    page.evaluate("window.before = 1")
    page.evaluate("window.opsmap.map.getCanvas().getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()")
    until(page, "window.before === undefined")
    until(page, "window.opsmap.ready")
    watched.errors.clear()


def test_a_screen_that_does_not_exist_says_what_to_write(open_page: Open) -> None:
    watched = open_page("/wall?cols=5&rows=3&col=5&row=1")
    expect(watched.page.locator("[data-field=col]")).to_contain_text("từ 0 đến 4")
    watched.errors.clear()  # a 400 is what was asked for
