"""What looks like a telephone number or an address of mail, taken out of a text that others will read."""

import re

_NUMBER = re.compile(r"\+?\(?\d(?:[\s.\-\u2010-\u2015()]{0,3}\d){7,}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


def mask_text(text: str) -> str:
    """The text with `[…]` for every such thing; names cannot be found by a program, a person releases the text."""
    return _MAIL.sub("[…]", _NUMBER.sub("[…]", text))
