"""Names and telephone numbers planted wherever a message has room for them, then looked for in the whole database."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

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


ADDRESS, HOST = "203.0.113.77", "MAY-CANARY-77"
_MACHINES = (f'ip="{ADDRESS}" name="{HOST}"', f'name="{HOST}" ip="{ADDRESS}" mac="00:00:5e:00:53:77"')


def _report(organ: str, machine: str, told: str = "") -> bytes:
    """An AVReport with one machine in every section, and its names wherever a report has room for words."""
    infos = {
        "Malware": f"<MalwareInfo><MalwareName>{HOST}</MalwareName><Path>{HOST}</Path><NumberFile>1</NumberFile>"
        "</MalwareInfo>",
        "Connection": f"<ConnectionInfo><TargetIP>{ADDRESS}</TargetIP></ConnectionInfo>",
        "Vulnerability": f"<VulnerabilityInfo>{HOST}</VulnerabilityInfo>",
        "OS": f"<OSName>{HOST} {ADDRESS}</OSName>",
        "QualityFeature": f"<AutoProtect>{HOST}</AutoProtect><EnableFirewall>1</EnableFirewall>",
    }
    sections = "".join(f"<{n}><Machine {machine}>{inside}</Machine></{n}>" for n, inside in infos.items())
    return (
        f"<edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>{organ}</OrganId></From></MessageHeader>"
        f"</edXMLHeader><edXMLBody><AVReport name='{HOST}'><Datetime>1795312800</Datetime>{sections}{told}</AVReport>"
        "</edXMLBody></edXMLEnvelope>"
    ).encode()


@pytest.mark.parametrize("machine", _MACHINES)
def test_no_machine_is_stored_wherever_a_report_names_it(
    connection: psycopg.Connection, axis: Any, machine: str
) -> None:
    bad_count = f"<Update><NumberMachineNotUpdateOn15Day>{HOST}</NumberMachineNotUpdateOn15Day></Update>"
    reports = [_report("H48.91", machine), _report("H48.92", machine, bad_count), _report("H48.93", machine)[:-80]]
    states = [axis.take(data).state for data in reports]
    letters = [axis.letter(f"7{n}", axis.attach(f"av-{n}.xml", data, "AVReport")) for n, data in enumerate(reports)]
    states += [axis.take(data).state for data in letters]
    assert states == ["done", "rejection", "rejection", "done", "rejection", "rejection"]
    assert connection.execute("SELECT count(*) > 8 FROM observation").fetchone() == (True,)
    whole = _everything(connection)
    for canary in (ADDRESS, HOST, HOST.lower(), "00:00:5e:00:53:77"):
        assert canary not in whole, canary


@pytest.mark.parametrize("organ", [ADDRESS, HOST, f" {HOST.lower()} ", "2001:db8::77", "00-00-5E-00-53-77"])
def test_a_machine_is_never_taken_for_an_agency(connection: psycopg.Connection, axis: Any, organ: str) -> None:
    """The one word of a report that is kept is whose it is."""
    assert axis.take(_report(organ, _MACHINES[0])).state == "rejection"
    if organ.strip().upper() != HOST:  # a counted day names no machines it could be held against
        counts = {"contract": "opsmap/av-counts/1", "days": [{"subject": organ, "day": "2026-11-22", "values": {}}]}
        assert axis.take(axis.letter("81", axis.attach("counts.json", orjson.dumps(counts)))).state == "rejection"
    assert connection.execute("SELECT count(*) FROM observation").fetchone() == (0,)
    assert organ.strip() not in _everything(connection)
