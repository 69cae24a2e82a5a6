"""Counts of an epidemic in a letter: the examples are understood, and a revoked letter takes its counts back."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

EXAMPLES = Path(__file__).parents[3] / "docs" / "contracts" / "examples"
MONDAY = date(2026, 11, 9)
CURRENT = "superseded_at IS NULL AND retracted_at IS NULL"


@pytest.mark.parametrize("name", ["epidemics.json", "topics.json", "ferries.json", "holiday-flash.json"])
def test_the_examples_of_the_contracts_are_understood(axis: Any, name: str) -> None:
    taken = axis.take((EXAMPLES / name).read_bytes(), name=name)
    assert (taken.state, taken.summary.rejected.total(), taken.summary.unaccounted) == ("done", 0, 0)
    assert taken.summary.stored > 1


def _week(connection: psycopg.Connection, cases: int) -> bytes:
    communes = [c for (c,) in connection.execute("SELECT DISTINCT commune_code FROM cell")]
    rows = [
        {"disease": "sxh", "day": (MONDAY + timedelta(days=n)).isoformat(), "unit": c, "cases": cases, "deaths": 0}
        for c in communes
        for n in range(7)
    ]
    return orjson.dumps({"contract": "opsmap/epidemic-day/1", "nonce": "5c1f0e7a9b2d48ee71aa", "rows": rows})


def _shown(connection: psycopg.Connection) -> int | None:
    row = connection.execute(
        "SELECT value FROM figure WHERE indicator = 'ca_mac_sxh' AND subject_kind = 'province' AND period_from = %s",
        (MONDAY,),
    ).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def test_a_revoked_letter_takes_its_counts_back_and_lets_the_former_stand(
    connection: psycopg.Connection, axis: Any
) -> None:
    first, second = _week(connection, 2), _week(connection, 3)
    assert axis.take(axis.letter("61", axis.attach("a.json", first))).state == "done"
    assert _shown(connection) == 96 * 7 * 2
    assert axis.take(axis.letter("62", axis.attach("b.json", second))).state == "done"
    assert _shown(connection) == 96 * 7 * 3
    about = ("H48.90,2026,62",)
    assert axis.take(axis.letter("63", kind="revocation", about=about)).state == "done"
    assert _shown(connection) == 96 * 7 * 2
    assert axis.one(f"SELECT count(*) FROM epidemic_count WHERE {CURRENT}") == 96 * 7 * 2  # cases and deaths
    assert axis.take(axis.letter("64", kind="revocation", about=("H48.90,2026,61",))).state == "done"
    assert _shown(connection) is None
