"""A value with all that makes it trustworthy: from which figures, in which way, how much of it known. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from layers.indicators.places import Place
from layers.indicators.spans import Span
from layers.spec import Text

UNAPPROVED = Text("chưa duyệt", "not approved yet")
"""The mark of a value that stands on a figure nobody has approved yet."""


class Told(NamedTuple):
    """A figure in force: the best word on one subject and period; `pending`: nobody has approved it yet."""

    id: int
    value: Fraction | None
    status: str
    source_id: int
    paper_id: int | None
    heard_at: datetime
    stored_at: datetime
    said: int
    contested: bool
    pending: bool = False
    withheld: int | None = None


@dataclass(frozen=True)
class Part:
    """One place's own number: how it came about, from which figures. `share`: how much of it counts here."""

    place: Place
    values: Mapping[str, Fraction]
    status: str
    told: tuple[Told, ...]
    how: str = "reported"
    share: Fraction = Fraction(1)


@dataclass(frozen=True)
class Reading:
    """A value with all that makes it trustworthy; None: no figure. `known` of `of` parts of a level had one.

    `how`: reported, difference (of years to date), tiled (of shorter periods), summed, split, computed (a ratio),
    withheld (kept from readers: under `withheld`, or 0 to protect another), none. `above` and `below` are the two sides
    of a ratio; `reported` what was told of it beside. `weighed` by what a split was made; `borrowed` from which year a
    yearly level stands in.
    """

    value: Fraction | None = None
    how: str = "none"
    status: str | None = None
    known: int = 0
    of: int = 0
    level: str | None = None
    parts: tuple[Part, ...] = ()
    missing: tuple[Place, ...] = ()
    above: Fraction | None = None
    below: Fraction | None = None
    reported: Told | None = None
    weighed: str | None = None
    borrowed: Span | None = None
    withheld: int | None = None
    whole: bool = True

    @property
    def says_something(self) -> bool:
        """Whether there is a number, shown or kept from readers."""
        return self.value is not None or self.withheld is not None

    @property
    def told(self) -> tuple[Told, ...]:
        """Every figure it stands on."""
        return tuple(t for part in self.parts for t in part.told)

    @property
    def is_pending(self) -> bool:
        """Whether any figure it stands on waits for an approval."""
        return any(t.pending for t in self.told)

    @property
    def is_partial(self) -> bool:
        """Whether parts of it are not known."""
        return self.value is not None and (self.known < self.of or not self.whole)


NOTHING = Reading()
