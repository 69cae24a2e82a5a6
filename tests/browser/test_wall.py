"""The wall in a real browser: pages that fit together to the pixel, marks on every screen."""

import base64
import re
from collections.abc import Callable, Iterator
from itertools import product as pairs
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from geo.clock import system_clock, unix_ms
from layers.access.roles import Role
from layers.database import make_engine, write
from layers.wall.state import Wall, change
from tests.browser.waiting import until

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
Tell = Callable[[Wall], None]
BOAT = re.compile(r"QNg-MP|99900\d{4}")
SCENES = (
    "province",
    "fisheries",
    "health",
    "learning",
    "tourism",
    "government",
    "reports",
    "security",
    "sources",
    "freshness",
)
LEADS = {
    "government": "hs_dunghan",
    "reports": "pa_dunghan",
    "security": "may_nhiem",
    "fisheries": "ty_le_gui_dung_han",
}
SCREEN = (640, 400)
SOFT = 48
"""How much a channel may differ before a pixel counts: the two pictures antialias one edge from two canvases."""


def by(name: str) -> str:
    return f'[data-testid="{name}"]'


def until_drawn(page: Any, scene: str) -> None:
    until(page, f"window.opsmap.wall && window.opsmap.wall.scene === '{scene}' && window.opsmap.ready")


@pytest.fixture
def tell(product: Any) -> Iterator[Tell]:
    """Tells the wall as the command line does; afterwards it rotates again and nobody is a guest."""

    def told(wall: Wall) -> None:
        engine = make_engine(product.url)
        with write(engine) as connection:
            connection.execute(change(system_clock(), "test", wall.guest, wall.scene or ""))
        engine.dispose()

    yield told
    told(Wall())


PIXELS = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  let text = '';
  for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
  return [image.height, image.width, btoa(text)];
}"""


def picture(page: Any) -> np.ndarray[Any, Any]:
    """What the page shows, as height × width × 3 numbers; the browser itself reads its PNG."""
    height, width, data = page.evaluate(PIXELS, base64.b64encode(page.screenshot()).decode())
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)
    return pixels[:, :, :3].astype(np.int16)


def farthest_px(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> tuple[int, int]:
    """How many pixels differ, and how many still do when each may find its like up to 2 pixels away."""
    differ = (np.abs(one - other) > SOFT).any(axis=2)
    left = differ.copy()
    for dy, dx in pairs(range(-2, 3), repeat=2):
        moved = np.roll(other, (dy, dx), axis=(0, 1))
        left &= (np.abs(one - moved) > SOFT).any(axis=2)
    return int(differ.sum()), int(left.sum())


@pytest.mark.parametrize("scene", ["province", "fisheries", "health"])
def test_four_screens_make_one_picture(scene: str, open_page: Open, product: Any, tell: Tell) -> None:
    """Map, names, panels and boats, all at one moment of the server's time: no pixel is more than 2 away."""
    tell(Wall(scene=scene))
    product.kill_feed()  # no fleet changes between the pictures
    try:
        w, h = SCREEN
        moment = unix_ms(system_clock())
        whole = shoot(open_page("/wall?cols=1&rows=1&screens=2x2", Role.OFFICER, 2 * w, 2 * h).page, scene, moment)
        stitched = np.zeros_like(whole)
        for row, col in pairs(range(2), repeat=2):
            part = open_page(f"/wall?cols=2&rows=2&col={col}&row={row}", Role.OFFICER, w, h).page
            stitched[row * h : (row + 1) * h, col * w : (col + 1) * w] = shoot(part, scene, moment)
            part.context.close()
    finally:
        product.start_feed()
    differ, left = farthest_px(whole, stitched)
    assert whole.std() > 10, "there is nothing on the wall"
    assert farthest_px(whole, np.roll(stitched, 3, axis=1))[1] > 1_000, "this measure would find 3 pixels"
    assert left <= 2, f"{scene}: {differ} px differ, {left} px have no like within 2 px"


def shoot(page: Any, scene: str, moment: int) -> np.ndarray[Any, Any]:
    """A picture of the page with its clocks held at `moment` (ms)."""
    until_drawn(page, scene)
    until(page, "window.opsmap.live.vessels > 400")
    page.evaluate(f"window.opsmap.wall.freeze({moment})")
    page.wait_for_timeout(300)  # let the effects run before asking whether they are drawn
    until_drawn(page, scene)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return picture(page)


@pytest.mark.parametrize(("cols", "rows"), [(1, 1), (2, 2), (5, 3)])
def test_no_panel_stands_across_two_screens(cols: int, rows: int, open_page: Open, tell: Tell) -> None:
    tell(Wall(scene="province"))
    page = open_page(f"/wall?cols=1&rows=1&screens={cols}x{rows}", Role.OFFICER, 1500, 900).page
    until(page, "window.opsmap.wall && window.opsmap.wall.scene === 'province'")
    expect(page.locator(by("panel"))).to_have_count(6)
    expect(page.locator(by("mark-simulated"))).to_have_count(cols * rows)
    expect(page.locator(by("age"))).to_have_count(cols * rows)
    w, h = 1500 / cols, 900 / rows
    boxes = [each.bounding_box() for each in [*page.locator(by("panel")).all(), page.locator(by("inset"))]]
    for box in boxes:
        assert box["x"] // w == (box["x"] + box["width"] - 1) // w, box
        assert box["y"] // h == (box["y"] + box["height"] - 1) // h, box
        assert box["x"] >= 0
        assert box["y"] >= 0


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_marked_and_names_the_islands(scene: str, open_page: Open, tell: Tell) -> None:
    tell(Wall(scene=scene))
    page = open_page("/wall?cols=1&rows=1", Role.VIEWER, 1280, 720).page
    until(page, f"window.opsmap.wall && window.opsmap.wall.scene === '{scene}'")
    expect(page.locator(by("mark-simulated"))).to_be_visible()
    expect(page.locator(by("age"))).to_be_visible()
    seen = page.locator(f"{by('labels')} text, {by('inset')} text")
    for name in ("Hoàng Sa", "Trường Sa", "Lý Sơn", "BIỂN ĐÔNG"):
        expect(seen.filter(has_text=name).first).to_be_visible()
    assert "QNg-MP" not in page.content()  # an ordinary wall names no boat
    assert page.evaluate("window.opsmap.live.mode") == "density"


@pytest.mark.parametrize("scene", LEADS)
def test_a_card_tells_its_lead_with_period_change_and_age(scene: str, open_page: Open, tell: Tell) -> None:
    tell(Wall(scene=scene))
    page = open_page("/wall?cols=1&rows=1&screens=2x3", Role.VIEWER, 1920, 1296).page
    until(page, f"window.opsmap.wall && window.opsmap.wall.scene === '{scene}'")
    card = page.locator(f"{by('panel')}[data-kind='indicators']").first
    lead = card.locator(by("wall-indicator")).first
    expect(lead).to_have_attribute("data-code", LEADS[scene], timeout=60_000)
    expect(lead.locator("b")).to_have_text(re.compile(r"^[\d.,]+$"))
    for said in ("mô phỏng", "trước"):
        expect(card).to_contain_text(said)
    assert "QNg-MP" not in card.inner_text()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1500, 506)])
def test_what_is_written_can_be_read_from_afar(width: int, height: int, open_page: Open, tell: Tell) -> None:
    """Sizes are shares of the wall's height: no letter under 1.1 %, the large numbers over 2.2 %."""
    tell(Wall(scene="province"))
    page = open_page("/wall?cols=1&rows=1", Role.OFFICER, width, height).page
    until_drawn(page, "province")
    sizes = page.evaluate(
        """[...document.querySelectorAll('[data-testid=panel] *, [data-testid=labels] tspan, [data-testid=age]')]
        .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
        .map((e) => [parseFloat(getComputedStyle(e).fontSize) / innerHeight, e.textContent.trim().slice(0, 30)])"""
    )
    assert len(sizes) > 40
    assert [each for each in sizes if each[0] < 0.011] == []
    assert max(each[0] for each in sizes) >= 0.022
    alarms = [each for each in sizes if BOAT.search(each[1])]
    assert alarms
    assert all(size >= 0.019 for size, _ in alarms)


def test_all_screens_show_the_scene_whose_turn_it_is(open_page: Open) -> None:
    pages = [open_page(f"/wall?cols=2&rows=1&col={col}&row=0", width=480, height=270).page for col in range(2)]
    for page in pages:
        until(page, "window.opsmap.wall && window.opsmap.wall.scene")
    for _ in range(20):  # a change of scene may fall between the two questions
        shown = {page.evaluate("window.opsmap.wall.scene") for page in pages}
        if len(shown) == 1:
            break
        pages[0].wait_for_timeout(200)
    assert len(shown) == 1


def test_an_operator_holds_a_scene_with_the_arrow_keys(open_page: Open, tell: Tell) -> None:
    tell(Wall(scene="province"))
    desk = open_page("/wall?cols=1&rows=1", Role.OPERATOR, 960, 540).page
    screen = open_page("/wall?cols=1&rows=1", Role.VIEWER, 960, 540).page
    for page in (desk, screen):
        until(page, "window.opsmap.wall && window.opsmap.wall.scene === 'province'")
    expect(desk.locator(by("control"))).to_be_visible()
    expect(screen.locator(by("control"))).to_have_count(0)
    desk.keyboard.press("ArrowRight")
    for page in (desk, screen):
        until(page, "window.opsmap.wall.scene === 'fisheries'")
