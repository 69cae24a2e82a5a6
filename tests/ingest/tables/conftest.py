"""A file written and loaded in one call, and a point known to lie in a cell."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from ingest.deliveries import Sender
from ingest.outcome import Reject
from ingest.tables.check import Checked
from ingest.tables.legacy import TCVN3, VNI
from ingest.tables.load import Loaded, check_rows, load_table, read_file, understood
from ingest.tables.parts import found_table
from ingest.tables.table import ReadOptions
from layers.registry import get_layer, load_layers

TONE_MARKS = "\u0301\u0300\u0309\u0303\u0323"
Load = Callable[..., Loaded]
HEALTH = "code,name,kind,beds,his,precision_m,note,as_of,lon,lat\n"
REGISTRY = "reg_no,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"


@pytest.fixture
def load(connection: psycopg.Connection, tmp_path: Path, now) -> Load:
    """Load bytes or text as a file of that name, at `now`."""

    def loaded(layer: str, name: str, content: bytes | str | Path, at=None, **said: str) -> Loaded:
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        sender = Sender(f"{layer}_test", "simulated", "thử")
        wanted = get_layer(load_layers(), layer)
        return load_table(connection, wanted, path, sender, lambda: at or now, ReadOptions(**said))

    return loaded


@pytest.fixture
def check(tmp_path: Path, now) -> Callable[..., tuple[list[Checked], list[Reject], int]]:
    """The rows of a file understood and refused, without a database."""

    def checked(layer: str, name: str, content: bytes | str | Path, **said: str):
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        wanted = get_layer(load_layers(), layer)
        good: list[Checked] = []
        refused: list[Reject] = []
        with found_table(path) as file:
            for rows in understood(read_file(wanted, file, ReadOptions(**said))):
                batch = check_rows(wanted, rows, now)
                good += batch[0]
                refused += batch[1]
        return good, refused, len(good) + len(refused)

    return checked


@pytest.fixture
def health(load: Load):
    """Load rows of health facilities, as CSV lines without their header."""
    return lambda *rows: load("health_facility", "health.csv", HEALTH + "\n".join(rows) + "\n")


@pytest.fixture
def boats(load: Load):
    """Load rows of the fleet register, as CSV lines without their header."""
    return lambda *rows: load("vessel", "registry.csv", REGISTRY + "\n".join(rows) + "\n")


@pytest.fixture
def inside(connection: psycopg.Connection) -> tuple[float, float, int]:
    """Lon, lat (degrees) of a point in a cell, and the cell."""
    row = connection.execute(
        "SELECT ST_X(p), ST_Y(p), id FROM (SELECT id, ST_PointOnSurface(geom) AS p FROM cell ORDER BY id LIMIT 1) AS c"
    ).fetchone()
    assert row is not None
    return row


def to_tcvn3(text: str) -> str:
    numbers = {letter: number for number, letter in TCVN3.items()}
    return "".join(numbers.get(c) or numbers.get(c.lower()) or c for c in unicodedata.normalize("NFC", text))


def to_vni(text: str) -> str:
    spellings = {letter: number for number, letter in sorted(VNI.items(), reverse=True)}
    # a capital takes capital marks: AÙ before Aù
    spellings |= {letter: number for number, letter in VNI.items() if number.isupper() == letter.isupper()}
    return "".join(spellings.get(c, c) for c in unicodedata.normalize("NFC", text))


def to_windows_1258(text: str) -> str:
    out = b""
    for c in unicodedata.normalize("NFC", text):
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", c)
            tone = next(m for m in marks if m in TONE_MARKS)
            rest = unicodedata.normalize("NFC", base + "".join(m for m in marks if m != tone))
            out += (rest + tone).encode("cp1258")
    return out.decode("latin-1")


WRITERS = {"tcvn3": to_tcvn3, "vni": to_vni, "windows-1258": to_windows_1258}


@pytest.fixture(scope="session")
def write_letters() -> Callable[[str, str], str]:
    """Text as it stands in an old encoding, each byte one character; UTF-8 as it is."""
    return lambda name, text: WRITERS.get(name, str)(text)
