"""A dossier in one click: whole, noted in the case and the audit, for those who may; one flipped byte is found."""

import random
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import orjson
import pytest
from sqlalchemy import insert

from geo.clock import unix_ms
from geo.errors import BadInput
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import Role
from layers.database import make_engine, write
from layers.seals.dossiers import verify_file
from layers.watch.cases.ledger import Entry, open_case
from layers.watch.cases.models import CaseEvent

NOW = datetime.now(UTC)
NUMBER = f"VV-{(NOW + timedelta(hours=7)).year}-000001"


@pytest.fixture
def case(connection, database_url):
    connection.execute("INSERT INTO source (code, title_vi, title_en, origin) VALUES ('r', 'Sổ', 'Book', 'simulated')")
    connection.execute(
        "INSERT INTO vessel (id, code, name, length_m, gear, home_port, content_hash, source_id, delivery_id, t,"
        " heard_at, owner, captain, captain_phone) VALUES (1, 'QNg-MP 0369', 'Thuận Mô Phỏng', 25.5, 'câu', 'Sa Kỳ', 1,"
        " (SELECT id FROM source WHERE code = 'r'), 1, now(), now(), 'Bà Chủ Mô Phỏng', 'Ông Lái Mô Phỏng',"
        " '0000 123 456')"
    )
    connection.execute("INSERT INTO transmitter (key, kind) VALUES ('vms:A:1', 'vms')")
    connection.execute("INSERT INTO transmitter_on_vessel SELECT id, 1, '2020-01-01', NULL, 1, 'MP-1' FROM transmitter")
    delivery = Delivery(connection, Sender("vms", "simulated"), "test", lambda: datetime.now(UTC))
    moments = [unix_ms(NOW - timedelta(hours=h)) for h in (12, 10, 8)]
    delivery.write(Batch([Fix("vms:A:1", t, n, t, 1_097_000_000 + n * 90_000, 154_000_000, 60, 900, None, None, None,
                              None, 0, b"raw %d" % n) for n, t in enumerate(moments)]))  # fmt: skip
    engine = make_engine(database_url)
    with write(engine) as opened:
        values = {"kind": "silence", "began_at": NOW - timedelta(hours=8), "origin": "simulated", "vessel_id": 1,
                  "length_m": 25.5}  # fmt: skip
        made = open_case(opened, values, Entry("opened", NOW - timedelta(hours=2)))
        opened.execute(insert(CaseEvent).values(event_key="b" * 32, case_id=made))
    engine.dispose()
    return NUMBER


def get(client, form, number=NUMBER):
    return client.get(f"/api/cases/{number}/dossier.{form}")


STARTS = {"pdf": b"%PDF", "json": b"{", "gpkg": b"SQLite format 3", "zip": b"PK"}


@pytest.mark.parametrize("form", STARTS)
def test_each_form_is_given_noted_and_found_whole(case, sign_in, connection, form):
    answer = get(sign_in(Role.OFFICER), form)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(STARTS[form])
    assert answer.headers["content-disposition"] == f'attachment; filename="{NUMBER}.{form}"'
    verdict = verify_file(answer.content, connection)
    assert verdict.faults == []
    assert verdict.noted is not None
    assert verdict.noted.startswith(NUMBER)
    (entry,) = connection.execute("SELECT actor, role, body FROM case_entry WHERE kind = 'dossier'").fetchall()
    assert entry[:2] == ("demo-officer", "officer")
    acts = connection.execute("SELECT username, subject, reason FROM audit WHERE action = 'case.dossier'").fetchall()
    assert acts == [("demo-officer", NUMBER, entry[2]["manifest"])]
    assert connection.execute("SELECT version FROM watch_case").fetchone() == (2,)


def test_people_are_shown_as_the_role_may_see_them(case, sign_in):
    told = {role: orjson.loads(get(sign_in(role), "json").content) for role in (Role.OFFICER, Role.POST, Role.OPERATOR)}
    people = {role: dossier["boat"]["registers"][0] for role, dossier in told.items()}
    assert people[Role.OFFICER]["owner"] == "Bà Chủ Mô Phỏng"
    assert (people[Role.OFFICER]["captain"], people[Role.OFFICER]["captain_phone"]) == ("•••• ", "•••• 456")
    assert (people[Role.POST]["owner"], people[Role.POST]["captain_phone"]) == (None, "•••• 456")
    assert people[Role.OPERATOR]["captain"] is None
    assert all("0000 123 456" not in str(dossier) for dossier in told.values())


@pytest.mark.parametrize("role", [Role.GUEST, Role.VIEWER, Role.LEADER, Role.COMMUNE, Role.STEWARD])
def test_others_get_none(case, sign_in, connection, role):
    client = sign_in(role)
    assert get(client, "pdf").status_code == (401 if role is Role.GUEST else 403)
    assert client.get("/api/seals").status_code == (401 if role is Role.GUEST else 403)
    assert connection.execute("SELECT count(*) FROM case_entry WHERE kind = 'dossier'").fetchone() == (0,)


def test_what_there_is_not_is_not_found(case, sign_in):
    assert get(sign_in(Role.OFFICER), "pdf", "VV-1999-000001").status_code == 404
    assert get(sign_in(Role.OFFICER), "docx").status_code == 422


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1 << (at % 8)]) + data[at + 1 :]


def faults_of(data, connection):
    """What is found, or that it is no dossier any more."""
    try:
        return verify_file(data, connection).faults
    except BadInput as error:
        return [error.detail]


def test_one_flipped_byte_anywhere_in_the_zip_is_found(case, sign_in, connection):
    whole = get(sign_in(Role.OFFICER), "zip").content
    dice = random.Random(1)
    for at in [*dice.sample(range(len(whole)), 150), 0, 1, 10, 26, len(whole) - 1, len(whole) - 20]:
        assert faults_of(flip(whole, at), connection), at


def test_the_part_that_was_changed_is_named(case, sign_in, connection):
    whole = get(sign_in(Role.OFFICER), "zip").content
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        for entry in archive.infolist():
            at = entry.header_offset + 30 + len(entry.filename) + entry.file_size // 2
            faults = verify_file(flip(whole, at), connection).faults
            assert any(fault.startswith(entry.filename) for fault in faults), (entry.filename, faults)
    assert verify_file(whole, connection).faults == []


def test_a_changed_section_of_the_json_is_named_even_without_the_database(case, sign_in, connection):
    whole = get(sign_in(Role.OFFICER), "json").content
    changed = whole.replace(b'"sog_kn":6.0', b'"sog_kn":6.1', 1)
    assert changed != whole
    assert verify_file(changed, None).faults == ["positions"]
    forged = orjson.loads(changed)
    assert verify_file(orjson.dumps(forged), None).faults
    assert verify_file(whole, None).faults == []


@pytest.mark.parametrize("form", ["pdf", "gpkg"])
def test_a_changed_file_alone_is_unknown_to_the_ledger(case, sign_in, connection, form):
    whole = get(sign_in(Role.OFFICER), form).content
    for at in (100, len(whole) // 2, len(whole) - 2):
        assert verify_file(flip(whole, at), connection).faults, at


def test_the_page_bit_says_how_far_the_sealing_is(case, sign_in):
    told = sign_in(Role.OPERATOR).get("/api/seals").json()
    assert (told["last_day"], told["head"], told["at_least"]) == (None, None, False)
    assert told["unsealed_rows"] == 4
