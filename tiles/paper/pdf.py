"""HTML to PDF on A4: page numbers, the mark of what is not real on every page, our own fonts, and no network.

`make_pdf` is the one door. `html` is the body; `blocks` makes safe pieces of it, `page.css` gives them their looks.
The library is imported with the first PDF: it takes a second, and few processes make any.
"""

from contextlib import suppress
from html import escape
from importlib.resources import files
from typing import Any

from geo.errors import OpsmapError

HERE = files("tiles") / "paper"
OURS = "opsmap:"
FONTS = ("be-vietnam-pro-400", "be-vietnam-pro-600", "noto-sans-400", "noto-sans-600")
FAMILIES = {"be-vietnam-pro": "Be Vietnam Pro", "noto-sans": "Noto Sans"}
MARKS = {"real": "", "simulated": "MÔ PHỎNG", "replayed": "PHÁT LẠI"}


class UnsealedPaper(OpsmapError):
    """A page asked for something that does not travel with the product."""


def mark_of(origin: str) -> str:
    """What every page of that origin is marked with; "" for what is real."""
    return MARKS[origin]


def make_pdf(html: str, title: str, mark: str, footer: str = "") -> bytes:
    """A4 pages of a body. `title` stands at the head of every page, `mark` ("" for none) across it.

    `footer` is one line at the foot, beside "trang 1/5". The same input gives the same bytes. UnsealedPaper when the
    body asks for any address but our own fonts or what is inside it (`data:`).
    """
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    refused: list[str] = []
    page = HTML(string=whole_page(html, title, mark, footer), base_url=OURS, url_fetcher=_fetcher(refused))
    made = b""
    with suppress(FatalURLFetchingError):  # inside an SVG the library swallows it: what was refused is asked of us
        made = page.write_pdf(font_config=FontConfiguration(), pdf_identifier=b"opsmap", pdf_tags=True)
    if refused:
        raise UnsealedPaper(f"the page asks for {refused[0][:80]!r}, which does not travel with it")
    return made


def whole_page(html: str, title: str, mark: str, footer: str = "") -> str:
    """The page that is set: what runs at head and foot, the mark, and the body."""
    across = f'<div class="across" aria-hidden="true">{escape(mark)}</div>' if mark else ""
    boxed = f'<div class="boxed">{escape(mark)}</div>' if mark else '<div class="boxed none"></div>'
    running = f'<div class="running-title">{escape(title)}</div>{boxed}<div class="running-foot">{escape(footer)}</div>'
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_faces()}{_css()}</style>'
    return f'<!doctype html><html lang="vi"><head>{head}</head><body>{running}{across}<main>{html}</main></body></html>'


def _css() -> str:
    return (HERE / "page.css").read_text(encoding="utf-8")


def _faces() -> str:
    faces = []
    for name in FONTS:
        family, _, weight = name.rpartition("-")
        look = f"font-family: '{FAMILIES[family]}'; font-weight: {weight}"
        faces.append(f"@font-face {{ {look}; src: url('{OURS}{name}.woff2'); }}")
    return "\n".join(faces)


def _fetcher(refused: list[str]) -> Any:
    """Gives our fonts and what is inside the page; everything else ends the making of it."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Ours(URLFetcher):  # type: ignore[misc]
        """No network and no file of this machine: an address that is not ours is an error, never a request."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            """What stands behind an address; ValueError when it is not ours, and it is noted."""
            if url.startswith("data:"):
                return super().fetch(url, headers)
            name = url.removeprefix(OURS).removesuffix(".woff2")
            if url.startswith(OURS) and name in FONTS:
                body = (HERE / "fonts" / f"{name}.woff2").read_bytes()
                return URLFetcherResponse(url, body, {"Content-Type": "font/woff2"})
            refused.append(url)
            raise ValueError(url)

    return Ours(allowed_protocols=["data"], fail_on_errors=True)
