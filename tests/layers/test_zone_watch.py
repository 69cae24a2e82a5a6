"""The days of a zone, told without a database."""

from datetime import date

import pytest
import shapely

from layers.watch.zones import ZoneHere, ZoneWatch

SEASON = (date(2026, 4, 1), date(2026, 6, 30))


def zone(code: str, first: date | None, last: date | None) -> ZoneHere:
    return ZoneHere(code, code, "closed_season", False, None, "simulated", first, last)


WATCH = ZoneWatch(
    [zone("season", *SEASON), zone("ever", None, None), zone("since", SEASON[0], None)],
    [shapely.box(109, 14, 110, 15)] * 3,
)


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2026, 3, 31), ["ever"]),
        (date(2026, 4, 1), ["season", "ever", "since"]),
        (date(2026, 6, 30), ["season", "ever", "since"]),
        (date(2026, 7, 1), ["ever", "since"]),
    ],
)
def test_first_and_last_day_are_days_of_it(day: date, codes: list[str]) -> None:
    assert [found.code for found in WATCH.observe(109.5, 14.5, day)] == codes
    assert WATCH.observe(108.5, 14.5, day) == []
