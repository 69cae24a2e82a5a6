"""One source's rows stand down for another's: only when the new file is in, and only once."""

from pathlib import Path

import orjson
import psycopg
import pytest

from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.tables.load import Loaded, load_table
from ingest.tables.withdraw import is_withdrawn
from layers.registry import load_layers

LAYERS = load_layers()
SCHOOL = {"name": "Trường thử", "stage": "primary", "pupils": 10}


@pytest.fixture
def schools(connection: psycopg.Connection, tmp_path: Path, now, inside):
    """Load schools of these codes from a sender."""

    def loaded(sender: Sender, *codes: str, **said: str) -> Loaded:
        place = {"type": "Point", "coordinates": list(inside[:2])}
        rows = [{"type": "Feature", "properties": SCHOOL | {"code": c} | said, "geometry": place} for c in codes]
        path = tmp_path / "schools.geojson"
        path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": rows}))
        return load_table(connection, LAYERS["school"], path, sender, lambda: now)

    return loaded


OURS, OWNERS = Sender("schools_demo", "simulated"), Sender("schools", "real", instead_of="schools_demo")


def in_force(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT code FROM school WHERE superseded_at IS NULL ORDER BY code").fetchall()
    return [code for (code,) in rows]


def pupils(connection: psycopg.Connection) -> float | None:
    row = connection.execute("SELECT sum(value) FROM cell_sum WHERE layer = 'school' AND measure = 'pupils'").fetchone()
    return None if row is None else row[0]


def test_the_owners_file_takes_the_place_of_ours(schools, connection):
    schools(OURS, "A", "B")
    assert (in_force(connection), pupils(connection)) == (["A", "B"], 20)
    schools(OWNERS, "A")
    assert (in_force(connection), pupils(connection)) == (["A"], 10)
    assert is_withdrawn(connection, LAYERS["school"], "schools_demo")
    assert not is_withdrawn(connection, LAYERS["school"], "schools")
    assert connection.execute("SELECT count(*) FROM school").fetchone() == (3,)  # nothing was deleted


def test_the_same_command_again_changes_nothing(schools, connection):
    schools(OURS, "A")
    schools(OWNERS, "C")
    before = connection.execute("SELECT version FROM layer_version WHERE layer = 'school'").fetchone()
    assert schools(OWNERS, "C").summary.duplicates == 1
    assert connection.execute("SELECT version FROM layer_version WHERE layer = 'school'").fetchone() == before


def test_a_file_known_already_still_sends_the_other_away(schools, connection):
    schools(Sender("schools", "real"), "C")
    schools(OURS, "A")
    assert schools(OWNERS, "C").summary.stored == 0
    assert (in_force(connection), pupils(connection)) == (["C"], 10)


def test_a_file_of_which_nothing_is_in_order_sends_nobody_away(schools, connection):
    schools(OURS, "A")
    with pytest.raises(BadInput, match="mend it first"):
        schools(OWNERS, "C", stage="no such stage")
    assert in_force(connection) == ["A"]


def test_a_source_that_never_gave_any_is_named_with_those_that_did(schools, connection):
    schools(OURS, "A")
    with pytest.raises(BadInput, match="sources that have: schools, schools_demo"):
        schools(Sender("schools", "real", instead_of="nobody"), "C")
    assert in_force(connection) == ["A"]
    with pytest.raises(BadInput, match="by their code"):
        schools(Sender("schools", "real", instead_of="schools"), "C")
