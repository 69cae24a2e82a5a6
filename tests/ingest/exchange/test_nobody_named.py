"""Names and telephone numbers planted wherever a message has room for them, then looked for in the whole database."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg

EXAMPLES = Path(__file__).parents[3] / "docs" / "contracts" / "examples"
NAME, PHONE = "Người Canary", "0000000099"
PLANTED = ("StaffInfo", "Telephone", "Email", "Content", "LienHe")


def _everything(connection: psycopg.Connection) -> str:
    """Every value of every table as text, and whatever base64 in them hides."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('spatial_ref_sys', 'cell')"
    ).fetchall()
    rows = (row for (table,) in tables for row in connection.execute(f'SELECT * FROM "{table}"'.encode()))
    return "\n".join(text for row in rows for value in row for text in _texts(value))


def _texts(value: object) -> Iterator[str]:
    data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    yield data.decode("utf-8", errors="replace")
    for run in re.findall(rb"[A-Za-z0-9+/]{16,}={0,2}", data):
        yield base64.b64decode(run[: len(run) // 4 * 4]).decode("utf-8", errors="replace")


def _clean(connection: psycopg.Connection) -> None:
    whole = _everything(connection)
    for canary in (NAME, PHONE, "Canary"):
        at = whole.find(canary)
        assert at < 0, whole[max(0, at - 200) : at + 60]


def _planted(letter: bytes, element: str) -> bytes:
    """The letter with an element that names somebody, in its header."""
    told = f"<edXML:{element}>{NAME}, {PHONE}</edXML:{element}></edXML:MessageHeader>"
    return letter.replace(b"</edXML:MessageHeader>", told.encode())


def test_who_wrote_the_letter_stays_nowhere(connection: psycopg.Connection, axis: Any) -> None:
    """Whether the letter is taken, refused for what it holds, or cannot be read."""
    for number, element in enumerate(PLANTED):
        letters = [
            _planted(axis.letter(f"{number}{n}", file), element)
            for n, file in enumerate((axis.attach("phu-luc.pdf", b"%PDF"), axis.attach("zone.geojson", b"{]")))
        ]
        wrapped = {"messageType": "edoc", "document": _planted(axis.letter(f"{number}9"), element).decode()}
        sent = [*letters, letters[0][:-20], orjson.dumps(wrapped), orjson.dumps(wrapped | {"messageType": "poke"})]
        assert [axis.take(data).state for data in sent] == ["done", "rejection", "fail", "done", "fail"], element
    _clean(connection)


def test_what_a_message_says_beside_its_contract_is_not_kept(connection: psycopg.Connection, axis: Any) -> None:
    told = orjson.loads((EXAMPLES / "vxp-revocation.json").read_bytes())
    more = {"staff": {"name": NAME, "phone": PHONE}}
    assert axis.take(orjson.dumps(told | more)).state == "acceptance"
    axis.take(orjson.dumps(told | more | {"refersTo": 5}))
    axis.take(orjson.dumps({"messageType": "edoc", "document": axis.letter("12").decode()} | more))
    _clean(connection)


def test_a_case_that_cannot_be_read_names_nobody(connection: psycopg.Connection, axis: Any) -> None:
    reporter = f'{{"contract":"opsmap/1022-cases/1","cases":[{{"r":{{"n":"{NAME}","p":"{PHONE}"'.encode()
    assert axis.take(reporter).state == "rejection"
    assert axis.take(f"{NAME};{PHONE}\n".encode()).state == "fail"
    _clean(connection)


def test_a_telephone_number_is_masked_however_it_is_written(connection: psycopg.Connection, axis: Any) -> None:
    cases = (EXAMPLES / "cases-1022.json").read_bytes()
    for phone in ("0000000099", "(000) 000 0099", "0000 - 000 - 099", "+84 00.000.00-99", "0000\u2013000\u2013099"):
        assert axis.take(cases.replace(b"0000 000 022", phone.encode())).state == "done"
        content = str(axis.one("SELECT content FROM citizen_report WHERE superseded_at IS NULL ORDER BY code"))
        assert ("99" in content, "mô phỏng" in content) == (False, True), phone


def test_every_example_with_somebody_in_it(connection: psycopg.Connection, axis: Any) -> None:
    for path in sorted(EXAMPLES.iterdir()):
        data = path.read_bytes()
        if path.suffix == ".edxml":
            data = _planted(data, "LienHe")
        elif path.suffix == ".json":
            data = orjson.dumps(orjson.loads(data) | {"contact": f"{NAME} {PHONE}"})
        axis.take(data, name=path.name)
        axis.take(data[:-40], name=path.name)
    _clean(connection)
