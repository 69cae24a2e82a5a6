"""Which numbers of a set of sums must be kept from readers so that no small one can be worked out. Pure.

A number is small when it is above 0 and under the bound of the rule. Small ones are kept back first. Then what a reader
can work out from everything that is shown (sums, and that a number is small) is worked out, and as long as it fixes one
of them exactly, one more number is kept back. 0 is shown: nobody stands behind it. A small total may have to be kept
without saying that it is small: four parts of 1 to 4 under a total of 1 to 4 would all be 1.

The sums have no circle: seen as a graph of sums and their members they are a tree, so that passing ranges along them
gives each member's range exactly (whole numbers in an interval stay an interval when added).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

SMALL, PAIR = "small", "pair"
"""What is told of a number that is kept back: that it is small, or only that it is not 0."""
MANY = 10**12
"""More than any count: a range without an upper end."""


class Sum(NamedTuple):
    """`total` is the sum of all `members`."""

    total: str
    members: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """The total and its members."""
        return (*self.members, self.total)


Range = tuple[int, int]


def protect(
    values: Mapping[str, int],
    sums: Collection[Sum],
    least: int,
    shown_before: Collection[str] = (),
    kept_before: Collection[str] = (),
) -> dict[str, str]:
    """What to keep back of `values`, and why. Everything in `sums` stands in `values`.

    `shown_before`: those that readers have seen with this very value; keeping them back now would protect nobody.
    `kept_before`: those that were kept back so far, the first to be kept on.
    """
    kept = {name: SMALL for name, value in values.items() if 0 < value < least}
    while True:
        found = work_out(values, sums, least, kept)
        given_away = sorted(name for name in kept if found[name][0] == found[name][1])
        if not given_away:
            return kept
        near = [s for s in sums if set(given_away) & set(s.every)]
        if telling := [s.total for s in near if kept.get(s.total) == SMALL]:
            kept[min(telling)] = PAIR
            continue
        more = _one_more(values, near, kept, shown_before, kept_before)
        if more is None:
            return kept
        kept[more] = PAIR


def work_out(values: Mapping[str, int], sums: Iterable[Sum], least: int, kept: Mapping[str, str]) -> dict[str, Range]:
    """The range (both ends included) that a reader can work out of every number."""
    ranges = {name: _first(value, least, kept.get(name)) for name, value in values.items()}
    changed, every = True, list(sums)
    while changed:
        changed = False
        for one in every:
            for name, found in _within(one, ranges).items():
                if found != ranges[name]:
                    ranges[name], changed = found, True
    return ranges


def _first(value: int, least: int, why: str | None) -> Range:
    if why is None:
        return value, value
    return (1, least - 1) if why == SMALL else (1, MANY)


def _within(one: Sum, ranges: Mapping[str, Range]) -> dict[str, Range]:
    """The ranges of a sum and its members as each follows from the others."""
    low = sum(ranges[name][0] for name in one.members)
    high = min(sum(ranges[name][1] for name in one.members), MANY)
    total = (max(ranges[one.total][0], low), min(ranges[one.total][1], high))
    found = {one.total: total}
    for name in one.members:
        first, last = ranges[name]
        if first == last:
            continue
        others_high = MANY if high >= MANY else high - last
        least_here = total[0] - others_high if others_high < MANY else 0
        found[name] = (max(first, least_here), min(last, total[1] - (low - first)))
    return found


def _one_more(
    values: Mapping[str, int],
    sums: Iterable[Sum],
    kept: Mapping[str, str],
    shown_before: Collection[str],
    kept_before: Collection[str],
) -> str | None:
    """The number to keep back next: one never shown, a member before a total, the smallest; None: none left."""
    near = {name: name == one.total for one in sums for name in one.every if name not in kept and values[name]}
    far = {name: True for name in values if name not in kept and values[name]}
    free = near or far
    order = [
        (name in shown_before, name not in kept_before, is_total, values[name], name) for name, is_total in free.items()
    ]
    return min(order)[-1] if order else None
