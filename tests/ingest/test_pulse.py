"""The pulse: moved with the rows, whatever door they come through; and nobody closes a delivery behind its back."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import nmea
from geo.clock import unix_ms
from ingest.ais.load import load_ais
from ingest.bus.books import Books
from ingest.bus.messages import take_message
from ingest.bus.record import Record
from ingest.deliveries import Delivery, Opened, Sender
from ingest.forms import FORMS
from ingest.live import beat
from ingest.load import LoadOptions
from ingest.source import IterableSource, Line
from ingest.stream import Tally
from ingest.vms.load import load_vms
from layers.database import transaction
from layers.sources.pulse import AGE_EDGES_S, ages_of

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
COUNTS = "sum(lines), sum(messages), sum(stored), sum(duplicates), sum(refused)"
VMS = b"provider,device_id,t,received_at,lat,lon,sog_kn,cog_deg"
MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)


def _sentence(number, at=NOW):
    sentence = nmea.sentences(nmea.position_a(999_000_000 + number, 7, MOTION), b"A", 1)[0]
    return nmea.tag(sentence, unix_ms(at))


def _pulse(connection, source):
    row = connection.execute(
        f"SELECT {COUNTS} FROM source_pulse AS p JOIN source AS s ON s.id = p.source_id WHERE s.code = %s", (source,)
    ).fetchone()
    return tuple(int(n or 0) for n in row)


def _vms(minutes):
    t = (NOW - timedelta(minutes=minutes)).isoformat()
    return f"A,d{minutes},{t},{NOW.isoformat()},15.2,109.1,5,90".encode()


def test_a_file_of_lines_is_in_the_pulse_to_the_last_one(connection):
    lines = [_sentence(1), _sentence(2), _sentence(1), b"!AIVDM,rubbish", b"$GPGGA,1*56", b""]
    options = LoadOptions(Sender("ais_p", "simulated"), connection, clock=lambda: NOW)
    summary = load_ais(IterableSource(lines), options)
    refused = summary.rejected.total()
    assert summary.unaccounted == 0
    assert _pulse(connection, "ais_p") == (6, 3, 2, 1, refused)
    assert refused >= 1


def test_how_late_it_was_is_told_in_steps(connection):
    rows = [VMS, *(_vms(minutes) for minutes in (0, 1, 5, 30, 90, 60 * 30))]
    load_vms(IterableSource(rows), LoadOptions(Sender("vms_p", "simulated"), connection, clock=lambda: NOW))
    row = connection.execute(
        "SELECT within_1m, within_10m, within_1h, within_6h, within_1d, later, late_max_s FROM source_pulse"
    ).fetchone()
    assert row == (1, 2, 1, 1, 0, 1, 30 * 3600)


@given(st.lists(st.floats(-1e6, 1e9)))
def test_every_age_is_in_one_step(ages):
    found = ages_of(ages)
    assert sum(found.counts) == len(ages)
    assert sum(found.counts[:3]) == sum(age < AGE_EDGES_S[2] for age in ages)


def test_what_is_rolled_back_never_beat(connection):
    books = Books(connection, lambda: NOW)
    record = Record("nmea", "coast_p", "simulated", "mast", unix_ms(NOW), b"")
    book, form = books.book(record), FORMS["nmea"]
    found = list(form.make_pipeline(lambda: NOW).push([Line(_sentence(1), NOW, 1), Line(b"rubbish", NOW, 2)]))

    class Broken(Exception):
        pass

    def store(fail):
        book.add(list(found), Tally(3, 0, Counter(blank=1)), unix_ms(NOW))
        with transaction(connection):
            books.store()
            if fail:
                raise Broken

    with pytest.raises(Broken):
        store(fail=True)
    assert _pulse(connection, "coast_p") == (0,) * 5
    books.begin_anew(connection)
    store(fail=False)
    assert _pulse(connection, "coast_p") == (3, 1, 1, 0, 1)
    assert connection.execute("SELECT adapter, form FROM delivery WHERE label = 'spool'").fetchone() == (
        "nmea/1",
        "nmea",
    )


def test_messages_and_layers_files_beat_too(connection):
    good = b'{"type": "FeatureCollection", "features": []}'
    for name, data in (("layer:school", good), ("layer:school", b"{]"), ("no such form", b"x")):
        record = Record(name, "books_p", "simulated", "a.geojson", unix_ms(NOW), data)
        with transaction(connection):
            take_message(connection, record, lambda: NOW)
    lines, _, _, _, refused = _pulse(connection, "books_p")
    assert (lines, refused) == (2, 2) or (lines, refused) == (3, 3)


def test_a_process_lives_between_beats_that_are_close(connection):
    for second in (0, 2, 4, 100, 102):
        beat(connection, NOW + timedelta(seconds=second), {}, "spool")
    assert connection.execute("SELECT process, up_s FROM process_hour").fetchall() == [("spool", 6)]


def test_nobody_closes_a_delivery_without_its_pulse():
    """`close_delivery` is the one way: else what came would look like silence."""
    word = re.compile(r"UPDATE delivery SET [^\"']*finished_at")
    files = [path for room in ("ingest", "web", "layers") for path in (ROOT / room).rglob("*.py")]
    found = [path.name for path in files if word.search(path.read_text())]
    assert found == ["deliveries.py"]


def test_headers_are_kept_with_the_delivery(connection):
    delivery = Delivery(connection, Sender("h", "simulated"), "x", lambda: NOW, Opened(form="vms_rows"))
    for _ in range(2):
        delivery.keep_preface(VMS)
    other = Delivery(connection, Sender("h", "simulated"), "x", lambda: NOW)
    other.keep_preface(b"")
    rows = connection.execute("SELECT prefaces FROM delivery ORDER BY id").fetchall()
    assert [row[0] for row in rows][-2:] == [[VMS], None]
