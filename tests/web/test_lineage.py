"""From a number to its raw message: layers' rows, sums, positions, boats, papers; each for whom the fact is for."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from fixtures import nmea
from geo.clock import unix_ms
from ingest.ais.load import load_ais
from ingest.deliveries import Sender
from ingest.exchange.desk import Desk
from ingest.exchange.take import Incoming, take_message
from ingest.load import LoadOptions
from ingest.source import IterableSource
from ingest.tables.load import load_table
from layers.access.roles import Role
from layers.registry import get_layer, load_layers

SignIn = Callable[[Role], TestClient]
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "contracts" / "examples" / "letter.edxml"
MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
REGISTRY = "reg_no,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"


def _now() -> datetime:
    return datetime.now(UTC)


def _told(client: TestClient, path: str) -> dict[str, Any]:
    answer = client.get(f"/api/lineage/{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def letter(connection: psycopg.Connection) -> bytes:
    """A letter of the axis with a file of schools."""
    data = EXAMPLE.read_bytes()
    take_message(connection, Incoming(data, "letter.edxml", "m1"), Desk(Sender("axis_t", "simulated")), _now)
    return data


@pytest.fixture
def boat(connection: psycopg.Connection, tmp_path: Path) -> bytes:
    """A boat of a register by hand, and the line by which it was heard."""
    path = tmp_path / "registry.csv"
    path.write_text(REGISTRY + "QNg-MP 0900,Khác,15.5,câu,,,,,,\nQNg-MP 0901,Thử,15.5,câu,Sa Kỳ,,999000001,,,\n")
    load_table(connection, get_layer(load_layers(), "vessel"), path, Sender("registry_t", "simulated"), _now)
    line = nmea.tag(nmea.sentences(nmea.position_a(999_000_001, 7, MOTION), b"A", 1)[0], unix_ms(_now()))
    load_ais(IterableSource([line]), LoadOptions(Sender("ais_t", "simulated"), connection, clock=_now))
    return line


def test_a_sum_leads_to_the_paper_and_the_bytes(sign_in: SignIn, connection: psycopg.Connection, letter: bytes) -> None:
    layer, count = connection.execute(
        "SELECT substr(form, 7), (summary ->> 'stored')::int FROM delivery WHERE form LIKE 'layer:%'"
    ).fetchone() or ("", 0)
    measure = load_layers()[layer].measures[0].name
    found = _told(sign_in(Role.LEADER), f"measure/{layer}.{measure}?unit=51")
    [fact] = found["facts"]
    assert (found["deliveries"], fact["rows"]) == (1, count)
    delivery = fact["delivery"]
    assert delivery["adapter"] == "layer_file/1"
    assert delivery["raw"]["kept"] is True
    assert delivery["raw"]["short"] == delivery["raw"]["sha256"][:12]
    paper = delivery["paper"]
    assert (paper["state"], date.fromisoformat(paper["issued_on"]).year > 2000) == ("valid", True)
    assert None not in (paper["number"], paper["agency"], paper["signer"])
    kept = b"".join(bytes(d) for (d,) in connection.execute(
        "SELECT data FROM raw_piece WHERE sha256 = decode(%s, 'hex') ORDER BY number", (delivery["raw"]["sha256"],)
    ))  # fmt: skip
    assert hashlib.sha256(kept).hexdigest() == delivery["raw"]["sha256"]
    for role in (Role.GUEST, Role.VIEWER):
        [fact] = _told(sign_in(role), f"measure/{layer}.{measure}?unit=51")["facts"]
        assert fact["delivery"]["paper"]["signer"] is None
        assert fact["delivery"]["paper"]["number"] == paper["number"]


def test_a_row_leads_to_its_row_of_the_file(sign_in: SignIn, connection: psycopg.Connection, letter: bytes) -> None:
    row = connection.execute(
        "SELECT substr(d.form, 7), o.code, o.row_no FROM row_origin AS o JOIN delivery AS d ON d.id = o.delivery_id"
        " ORDER BY o.row_no DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    table = load_layers()[row[0]].model.__tablename__
    fact_id = connection.execute(f"SELECT id FROM {table} WHERE code = %s", (row[1],)).fetchone()[0]  # type: ignore[index]
    [fact] = _told(sign_in(Role.GUEST), f"{row[0]}/{fact_id}")["facts"]
    assert (fact["row_no"], fact["delivery"]["document_id"] is not None) == (row[2], True)
    assert None not in (fact["t"], fact["heard_at"], fact["stored_at"])


def test_a_row_leads_to_the_letter_that_still_says_it(
    sign_in: SignIn, connection: psycopg.Connection, letter: bytes
) -> None:
    """Two letters said it and the first is revoked: row and sum lead to the second, the past to the first."""
    desk, revocation = Desk(Sender("axis_t", "simulated")), (EXAMPLE.parent / "revocation.edxml").read_bytes()
    again = letter.replace(b"2026,12<", b"2026,22<").replace(b"CodeNumber>12<", b"CodeNumber>22<")
    for uid, data in (("m2", again), ("m3", revocation.replace(b"2026,13<", b"2026,12<"))):
        assert take_message(connection, Incoming(data, "letter.edxml", uid), desk, _now).state == "done"
    row = connection.execute("SELECT id FROM school WHERE superseded_at IS NULL AND code = 'T2'").fetchone()
    assert row is not None
    now, before = _told(sign_in(Role.GUEST), f"school/{row[0]}")["facts"]
    assert [(f["delivery"]["document_id"], f["delivery"]["paper"]["state"], f["row_no"]) for f in (now, before)] == [
        ("H48.90,2026,22", "valid", 2),
        ("H48.90,2026,12", "revoked", 2),
    ]
    assert (now["superseded_at"], before["superseded_at"]) == (None, now["stored_at"])
    measure = load_layers()["school"].measures[0].name
    [fact] = _told(sign_in(Role.LEADER), f"measure/school.{measure}?unit=51")["facts"]
    assert (fact["rows"], fact["delivery"]["document_id"]) == (2, "H48.90,2026,22")


def test_a_boat_leads_to_its_line_its_link_and_its_register(
    sign_in: SignIn, connection: psycopg.Connection, boat: bytes
) -> None:
    client = sign_in(Role.OFFICER)
    number = client.get("/api/vessels", params={"q": "0901"}).json()["vessels"][0]["id"]
    heard, link, register = _told(client, f"vessel/{number}")["facts"]
    assert (heard["line"], heard["line_sha256"]) == (boat.decode(), hashlib.sha256(boat).hexdigest())
    assert heard["delivery"]["adapter"] == "nmea/1"
    assert (link["what"], link["delivery"]["source"]["code"]) == ("link", "registry_t")
    assert (register["row_no"], register["delivery"]["raw"]["name"]) == (2, "registry.csv")
    row = connection.execute("SELECT transmitter_id, t, source_id, payload_hash FROM position").fetchone()
    assert row is not None
    name = f"{row[0]}.{unix_ms(row[1])}.{row[2]}.{row[3]}"
    [fact] = _told(client, f"position/{name}")["facts"]
    assert fact["line"] == boat.decode()
    for path in (f"vessel/{number}", f"position/{name}"):
        assert sign_in(Role.GUEST).get(f"/api/lineage/{path}").status_code == 401
        assert sign_in(Role.LEADER).get(f"/api/lineage/{path}").status_code == 403


def test_papers_and_messages(sign_in: SignIn, connection: psycopg.Connection, letter: bytes) -> None:
    paper = connection.execute("SELECT id FROM paper").fetchone()[0]  # type: ignore[index]
    message = connection.execute("SELECT id FROM exchange_message").fetchone()[0]  # type: ignore[index]
    steward = sign_in(Role.STEWARD)
    for path in (f"paper/{paper}", f"message/{message}"):
        [fact] = _told(steward, path)["facts"]
        assert fact["delivery"]["adapter"] == "edxml/1"
        assert fact["delivery"]["raw"]["kept"] is True
    assert sign_in(Role.GUEST).get(f"/api/lineage/paper/{paper}").status_code == 401


def test_what_has_no_delivery_says_so_and_what_is_not_there_is_not_found(sign_in: SignIn) -> None:
    client = sign_in(Role.OFFICER)
    assert _told(client, f"measure/unit.{load_layers()['unit'].measures[0].name}?unit=51")["facts"] == []
    for path in (
        "school/999999",
        "position/1.2.3",
        "vessel/v99",
        "observation/5",
        "paper/7",
        "measure/school.schools?unit=x",
    ):
        assert client.get(f"/api/lineage/{path}").status_code == 404
    for path in ("vessel/x", "school/abc"):
        assert client.get(f"/api/lineage/{path}").status_code == 400
    assert client.get("/api/lineage/nonsense/1").status_code == 404
