"""Exact numbers as people read them: rounded half up, and parts rounded so that they still add up. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Rounded half away from zero to so many decimals."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    number = Decimal(whole).scaleb(-decimals)
    return -number if value < 0 and whole else number


def shown_parts(parts: Sequence[Fraction], total: Decimal, decimals: int) -> list[Decimal]:
    """Parts rounded so that they sum to `total`: down first, then one step more where most was cut off.

    Equal remainders are served in the order given. The parts' own sum may differ from `total` by rounding only.
    """
    steps = [part * 10**decimals for part in parts]
    floors = [step.numerator // step.denominator for step in steps]
    left = int(total.scaleb(decimals)) - sum(floors)
    order = sorted(range(len(parts)), key=lambda at: (floors[at] - steps[at], at))
    sign = 1 if left > 0 else -1
    for turn in range(abs(left)) if parts else ():
        at = order[turn % len(order)] if sign > 0 else order[-1 - turn % len(order)]
        floors[at] += sign
    return [Decimal(floor).scaleb(-decimals) for floor in floors]


def number_vi(value: Fraction | Decimal, decimals: int) -> str:
    """`1.234.567,89`, without noughts that say nothing; a minus that does not break."""
    return _marked(value, decimals).translate(str.maketrans(",.", ".,"))


def number_en(value: Fraction | Decimal, decimals: int) -> str:
    """`1,234,567.89`, as above."""
    return _marked(value, decimals)


def signed_vi(value: Decimal, decimals: int) -> str:
    """With + or − before it."""
    return ("+" if value > 0 else "") + number_vi(value, decimals)


def signed_en(value: Decimal, decimals: int) -> str:
    """With + or − before it."""
    return ("+" if value > 0 else "") + number_en(value, decimals)


def _marked(value: Fraction | Decimal, decimals: int) -> str:
    text = f"{rounded(Fraction(value), decimals):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")
