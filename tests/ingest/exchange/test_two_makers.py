"""Two makers of hospital systems, one set of figures: the same patients written in both ways are counted alike."""

from datetime import date, timedelta
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.daily import his_xml

DAY = date(2026, 11, 20)


@given(seed=st.integers(1, 10**6), back=st.integers(0, 300))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_patients_give_the_same_figures_in_both_makers_forms(
    connection: psycopg.Connection, axis: Any, seed: int, back: int
) -> None:
    day = DAY - timedelta(days=back)
    found = []
    for centre, older in ((9000 + seed % 500, False), (9500 + seed % 500, True)):
        data = his_xml(centre, day, (seed, 1), older)
        assert axis.take(data).state == "done"
        rows = connection.execute(
            "SELECT indicator, period_from, value, unit, status FROM observation WHERE subject = %s"
            " AND period_from = %s AND superseded_at IS NULL ORDER BY indicator",
            (f"MP-YT-{centre:04d}", day),
        ).fetchall()
        found.append(rows)
    assert found[0] == found[1]
    assert len(found[0]) == 6
    assert any(value for _, _, value, *_ in found[0])
