"""Numbers of boats as somebody pastes them: which boat each one means, and clearly which mean none or several."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, TextClause, text

from geo.text import digits, registration_key

MOST = 2000
MOST_CANDIDATES = 10
_APART = re.compile(r"[\n\r,;\t|]+")
_BARE = re.compile(r"\d{2,}(?: +\d{2,})+")


@dataclass(frozen=True)
class Candidate:
    """A boat that a number may mean; `former`: it bore the number once, and bears another today."""

    vessel: str
    label: str
    name: str | None
    former: bool


@dataclass(frozen=True)
class Report:
    """What became of each number, in the order typed: it is of one boat (`found`), of several, or of none."""

    found: list[tuple[str, Candidate]]
    ambiguous: list[tuple[str, list[Candidate]]]
    missing: list[str]
    repeated: int


def split_numbers(pasted: str) -> list[str]:
    """The numbers in a text: by lines, commas, semicolons or tabs; bare digits by spaces too."""
    parts = [" ".join(part.split()) for part in _APART.split(pasted)]
    return [number for part in parts if part for number in (part.split(" ") if _BARE.fullmatch(part) else [part])]


_SQL = text("""
SELECT n.reg_key, v.digits, 'v' || v.id AS vessel, v.code AS label, v.name, n.valid_to IS NOT NULL AS former
FROM vessel_number AS n JOIN vessel AS v ON v.id = n.vessel_id AND v.leads
WHERE n.reg_key = ANY(:keys) OR v.digits = ANY(:digits)
ORDER BY n.valid_to IS NOT NULL, v.code
""")


def numbers_statement(numbers: Iterable[str]) -> tuple[TextClause, dict[str, Any]]:
    """What `match_numbers` reads: the boats whose numbers, or whose digits, are among those typed."""
    typed = list(numbers)
    keys, bare = [registration_key(each) for each in typed], [digits(each) for each in typed if _is_bare(each)]
    return _SQL, {"keys": keys, "digits": bare}


def match_numbers(numbers: Sequence[str], rows: Iterable[Row[Any]]) -> Report:
    """Each number once: a whole number means the boat that bears it or bore it, digits alone every boat with them."""
    by_key: dict[str, list[Candidate]] = defaultdict(list)
    by_digits: dict[str, dict[str, Candidate]] = defaultdict(dict)
    for row in rows:
        boat = Candidate(row.vessel, row.label, row.name, row.former)
        by_key[row.reg_key].append(boat)
        by_digits[row.digits].setdefault(row.vessel, boat)
    once = {registration_key(each): each for each in reversed(numbers)}
    report = Report([], [], [], len(numbers) - len(once))
    for key, typed in sorted(once.items(), key=lambda item: numbers.index(item[1])):
        meant = list(by_digits[digits(typed)].values()) if _is_bare(typed) else by_key[key]
        if len(meant) == 1:
            report.found.append((typed, meant[0]))
        elif meant:
            report.ambiguous.append((typed, meant[:MOST_CANDIDATES]))
        else:
            report.missing.append(typed)
    return report


def _is_bare(number: str) -> bool:
    return number.isascii() and number.isdigit()
