"""Boats and people by part of the sea: positions, border guard, ports side by side, each adding up to the fleet."""

from dataclasses import dataclass

from layers.storm.areas import IN_PORT, UNKNOWN, Areas
from layers.storm.fleet import Fleet, Row
from layers.storm.judge import STATES, Verdicts

SOURCES = ("positions", "border", "port")


@dataclass
class Tally:
    """Boats, people aboard as far as known, and of how many boats nobody knows the people."""

    boats: int = 0
    people: int = 0
    unknown: int = 0

    def add(self, people: float | None) -> None:
        """Count one boat."""
        self.boats += 1
        if people is None or people != people:  # noqa: PLR0124 - NaN
            self.unknown += 1
        else:
            self.people += int(people)


Rows = dict[str, dict[str, Tally]]


def totals(fleet: Fleet, verdicts: Verdicts, areas: Areas) -> Rows:
    """A tally for every row of the report and source; the boats of each source add up to the fleet."""
    table: Rows = {code: {source: Tally() for source in SOURCES} for code in areas.rows}
    for n in range(len(fleet)):
        here = IN_PORT if fleet.in_port[n] else str(verdicts.area[n])
        table[here]["positions"].add(fleet.crew[n])
        for source, entries in (("border", fleet.border), ("port", fleet.port)):
            code, people = _by_book(entries[n], areas)
            table[code][source].add(people)
    return table


def _by_book(entry: Row | None, areas: Areas) -> tuple[str, float | None]:
    """Where a book has a boat, and how many people it wrote down."""
    if entry is None:
        return UNKNOWN, None
    if entry.direction == "in":
        return IN_PORT, entry.crew
    return areas.name(entry.ground), entry.crew


def in_states(fleet: Fleet, verdicts: Verdicts) -> dict[str, Tally]:
    """Boats and people by state."""
    found = {state: Tally() for state in STATES}
    for n, state in enumerate(verdicts.state):
        found[str(state)].add(fleet.crew[n])
    return found
