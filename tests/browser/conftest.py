"""The whole product for a browser: demonstration, web and feed processes, and a Chromium that can reach only us."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from geo.clock import system_clock
from layers.access.accounts import make_link
from layers.access.roles import Role
from layers.cluster import Cluster
from layers.database import connect
from web import demo

ROOT = Path(__file__).resolve().parents[2]
AXE = (
    ROOT / ".venv" / "frontend-check" / "frontend" / "node_modules",  # where ./run test installs it
    ROOT / "web" / "frontend" / "node_modules",
)
READY_S = 120
CHROMIUM = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
RUN = "import sys; from web.cli import main; sys.argv = ['opsmap', *sys.argv[1:]]; main()"


@dataclass
class Product:
    """A running product: where it is, and its processes."""

    base: str
    url: str
    environment: dict[str, str]
    feed: subprocess.Popen[bytes] | None = None

    def start_feed(self) -> None:
        """Start the feed process."""
        self.feed = spawn("feed", self.environment)

    def kill_feed(self) -> None:
        """End the feed process without a word."""
        assert self.feed is not None
        self.feed.send_signal(signal.SIGKILL)
        self.feed.wait()
        self.feed = None

    def link(self, role: Role) -> str:
        """A one-click sign-in address."""
        with connect(self.url) as connection:
            return f"{self.base}/login?link={make_link(connection, role, system_clock)}"


def spawn(command: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """One of our processes."""
    return subprocess.Popen([sys.executable, "-c", RUN, command], cwd=ROOT, env=os.environ | environment)


@pytest.fixture(scope="session")
def product(cluster: Cluster, template: str, worker: str) -> Iterator[Product]:
    """The product with its demonstration, for this test process."""
    name = f"browser_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    url = cluster.url(name)
    demo.load(url, say=lambda _: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"OPSMAP_DATABASE_URL": url, "OPSMAP_PORT": str(port), "OPSMAP_HOST": "127.0.0.1"}
    made = Product(f"http://127.0.0.1:{port}", url, environment)
    with ended(spawn("serve", environment)):
        wait_ready(made.base)
        made.start_feed()
        yield made
        if made.feed is not None:
            made.kill_feed()
    cluster.drop_database(name)


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """A process that does not outlive the block."""
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_ready(base: str) -> None:
    """Until the pages answer."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < deadline, "the web process did not become ready"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Browser]:
    """Debian's Chromium, which can resolve no name but ours.

    Closed after each file: while it is open its event loop counts as running, and asyncio.run refuses to work.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core; without it the test fails, for a check that is not made finds nothing."""
    for place in AXE:
        script = place / "axe-core" / "axe.min.js"
        if script.exists():
            return script.read_text()
    pytest.fail("axe-core is missing: ./run check installs it (or npm ci in web/frontend)")


@dataclass
class Watched:
    """A page and everything it did that it should not have."""

    page: Page
    base: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def check(self) -> None:
        """No request left the host; no error in the console; no answer of 4xx or 5xx."""
        assert self.outside == []
        assert self.errors == []


Open = Callable[..., Watched]


@pytest.fixture
def open_page(product: Product, chromium: Browser) -> Iterator[Open]:
    """Opens a page as a role; afterwards each page must have kept the rules."""
    contexts: list[BrowserContext] = []
    opened: list[Watched] = []

    def opener(path: str, role: Role = Role.GUEST, width: int = 1440, height: int = 900) -> Watched:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        context.set_default_timeout(60_000)
        contexts.append(context)
        watched = Watched(context.new_page(), product.base)
        opened.append(watched)
        _watch(watched)
        if role is not Role.GUEST:
            watched.page.goto(product.link(role))
        watched.page.goto(product.base + path)
        return watched

    yield opener
    for context in contexts:
        context.close()
    for watched in opened:
        watched.check()


def _watch(watched: Watched) -> None:
    page = watched.page

    def requested(url: str) -> None:
        if not url.startswith((watched.base, watched.base.replace("http", "ws"), "data:", "blob:")):
            watched.outside.append(url)

    page.on("request", lambda request: requested(request.url))
    page.on("websocket", lambda socket_: requested(socket_.url))
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("console", lambda message: watched.errors.append(message.text) if message.type == "error" else None)
    page.on("response", lambda r: watched.errors.append(f"{r.status} {r.url}") if r.status >= 400 else None)
