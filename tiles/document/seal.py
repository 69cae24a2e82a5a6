"""Make a page whole: every library inside it, a policy that lets nothing else run, and no address left.

Fails closed: an address it does not know is an error, never a request.
"""

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files

from geo.errors import OpsmapError

LEAFLET = files("tiles") / "vendor" / "leaflet"
LINK = re.compile(r"""<link\s[^>]*?href=["']([^"']+)["'][^>]*>""", re.I)
SCRIPT = re.compile(r"""<script\s[^>]*?src=["']([^"']+)["'][^>]*>\s*</script>""", re.I)
BODY = re.compile(r"<script>(.*?)</script>", re.S)
FETCHING = {"src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "data", "background"}
"""Attributes that make a browser ask for something."""
STYLE_ADDRESS = re.compile(r"""(?:@import|url\()\s*["']?\s*(?!data:|#)([^\s"')]+)""", re.I)
NEEDED = {"leaflet.js", "leaflet.css"}
DROPPED = ("jquery", "bootstrap", "awesome", "fontawesome", "glyphicons")
"""What folium names by habit and a document of ours does not use."""


class UnsealedDocument(OpsmapError):
    """A document would ask the network for something."""


def seal(page: str) -> str:
    """The page with its libraries inside, a content security policy by hash, and nothing to fetch."""
    page = LINK.sub(lambda m: _style(m[1]), page)
    page = SCRIPT.sub(lambda m: _script(m[1]), page)
    page = page.replace("<head>", f"<head>\n{_policy(page)}", 1)
    check_sealed(page)
    return page


def check_sealed(page: str) -> None:
    """UnsealedDocument naming the first address a browser would ask for."""
    reader = _Addresses()
    reader.feed(page)
    if reader.found:
        raise UnsealedDocument(f"the document would ask for {reader.found[0][:80]!r}; put it inside or leave it out")


class _Addresses(HTMLParser):
    """Collects what a browser would fetch: from attributes and from style sheets, never from mere text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if name in FETCHING and value and not value.startswith(("data:", "#")):
                self.found.append(value)
            elif name == "style" and value:
                self.found += STYLE_ADDRESS.findall(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += STYLE_ADDRESS.findall(data)


def _known(address: str) -> str | None:
    """The bundled file an address stands for; None for one that is not needed."""
    name = address.rsplit("/", 1)[-1]
    if name in NEEDED:
        return name
    if any(part in address.lower() for part in DROPPED):
        return None
    raise UnsealedDocument(f"the document names {address[:80]!r}, which does not travel with it")


def _style(address: str) -> str:
    name = _known(address)
    if name is None:
        return ""
    text = (LEAFLET / name).read_text(encoding="utf-8")
    return f"<style>{re.sub(r'url[(](?!data:|#)[^)]*[)]', 'none', text)}</style>"


def _script(address: str) -> str:
    name = _known(address)
    if name is None:
        return ""
    text = (LEAFLET / name).read_text(encoding="utf-8")
    text = re.sub(r"//# sourceMappingURL=.*", "", text).replace("</script", "<\\/script")
    return f"<script>{text}</script>"


def _policy(page: str) -> str:
    """Only the very scripts that stand in the page may run: an injected one would not."""
    hashes = " ".join(f"'sha256-{_digest(body)}'" for body in BODY.findall(page))
    rules = (
        "default-src 'none'",
        f"script-src {hashes}",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "font-src data:",
        "form-action 'none'",
        "base-uri 'none'",
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'


def _digest(body: str) -> str:
    return base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
