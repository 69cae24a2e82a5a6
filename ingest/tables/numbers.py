"""Numbers as people here type them: `1.234,5`. What may be two numbers is never guessed from one cell.

Rule: a point or a comma is what the rest of its column shows it to be; a lone `1.234` in a column that shows nothing
is 1234 only where the field takes whole numbers, so that no other reading is left, and is refused otherwise.
"""

import re
from collections.abc import Iterable
from typing import Literal

Mark = Literal[",", "."]
"""What stands before the decimals."""
_POINT = re.compile(r"[+-]?(?:[0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_COMMA = re.compile(r"[+-]?(?:[0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?")
_THIN = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")
_GROUPED = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")


def readings(text: str) -> dict[Mark, float]:
    """What a text may mean as a number, by the decimal mark that makes it so; empty when it is none."""
    bare = _GROUPED.sub("", text.translate(_THIN).strip())
    found: dict[Mark, float] = {}
    if any(c.isdigit() for c in bare):
        if _POINT.fullmatch(bare):
            found["."] = float(bare.replace(",", ""))
        if _COMMA.fullmatch(bare):
            found[","] = float(bare.replace(".", "").replace(",", "."))
    return found


def decimal_mark(texts: Iterable[str]) -> Mark | None:
    """The decimal mark that a column shows, None when it shows none or both."""
    shown: set[Mark] = set()
    for text in texts:
        found = readings(text) if "." in text or "," in text else {}
        if len(found) == 1:
            shown |= set(found)
    return shown.pop() if len(shown) == 1 else None
