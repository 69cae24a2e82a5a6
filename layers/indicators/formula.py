"""What a ratio is made of: codes added and subtracted above and below the line. Pure."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from geo.errors import BadInput

Terms = tuple[tuple[int, str], ...]
"""(1 or -1, code) of each."""
_TERM = re.compile(r"\s*([+-]?)\s*([a-z][a-z0-9_]*)\s*")


class Formula(NamedTuple):
    """factor × Σ numerator ÷ Σ denominator."""

    numerator: Terms
    denominator: Terms
    factor: Fraction

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code it needs, once, those above the line first."""
        return tuple(dict.fromkeys(code for _, code in (*self.numerator, *self.denominator)))

    def parts(self, values: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
        """What stands above and below the line."""
        return _sum(self.numerator, values), _sum(self.denominator, values)


def read_terms(text: str, field: str) -> Terms:
    """`a + b - c` as terms; BadInput names the field."""
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(text):
        match = _TERM.match(text, at)
        if match is None or (found and not match[1]):
            raise BadInput(f"{field}: write codes with + and - between them, as in a + b - c", field=field)
        found.append((-1 if match[1] == "-" else 1, match[2]))
        at = match.end()
    if not found:
        raise BadInput(f"{field}: a ratio needs codes here", field=field)
    return tuple(found)


def formula_of(indicator: Any) -> Formula | None:
    """The formula of a row of the catalogue; None for what is told as it is."""
    if indicator.kind != "ratio" or not indicator.numerator or not indicator.denominator:
        return None
    above = read_terms(indicator.numerator, "numerator")
    return Formula(above, read_terms(indicator.denominator, "denominator"), Fraction(indicator.factor or 1))


def codes_of(indicator: Any) -> tuple[str, ...]:
    """The codes whose figures an indicator may be read from: its own and those of its formula."""
    formula = formula_of(indicator)
    return (indicator.code,) if formula is None else (indicator.code, *formula.codes)


def _sum(terms: Terms, values: Mapping[str, Fraction]) -> Fraction:
    return sum((sign * values[code] for sign, code in terms), Fraction(0))
