"""The built pages: where they lie, and which build they are."""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"


@cache
def build_name() -> str:
    """A name that changes with the wall's page; a screen of another build loads itself anew."""
    page = STATIC / "wall.html"
    return hashlib.sha256(page.read_bytes() if page.exists() else b"").hexdigest()[:12]
