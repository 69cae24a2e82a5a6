"""Waiting for what a page says of itself."""

import contextlib
from typing import Any

from playwright.sync_api import Error

TRIES = 600


def until(page: Any, script: str, tries: int = TRIES) -> Any:
    """Until the script's value is truthy (a strict CSP forbids wait_for_function)."""
    for _ in range(tries):
        with contextlib.suppress(Error):  # a page that loads itself anew forgets the question
            value = page.evaluate(script)
            if value:
                return value
        page.wait_for_timeout(150)
    raise AssertionError(f"never became true: {script}")
