"""Whole messages through the registry of forms: stored with their bytes, or one reject that says why."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.bus.record import Record, decode_record, encode_record
from ingest.deliveries import Sender
from ingest.form import Message
from ingest.forms import FORMS

SCHOOLS = Sender("so-gd-sim", "simulated", "Sở GD (mô phỏng)")


def test_streams_and_every_layer_that_takes_files_are_forms():
    assert {"nmea", "vms_csv", "layer:school", "layer:vessel"} <= FORMS.keys()
    assert all(name == form.name for name, form in FORMS.items())


def test_a_hopeless_file_is_one_reject_and_its_bytes_are_kept(connection, still):
    message = Message(b"\x00\x01 not a table", "truong.xlsx", SCHOOLS, still())
    with connection.transaction():
        summary = FORMS["layer:school"].take(connection, message, still)
    assert summary.rejected == {"bad_file": 1}
    rows = connection.execute("SELECT r.reason, f.name FROM reject AS r, raw_file AS f").fetchall()
    assert rows == [("bad_file", "truong.xlsx")]
    assert connection.execute("SELECT adapter FROM delivery ORDER BY id DESC").fetchone() == ("layer_file/1",)


@given(st.builds(Record, st.text(), st.text(), st.text(), st.text(), st.integers(-(2**63), 2**63 - 1), st.binary()))
def test_a_record_comes_back_from_its_bytes(record):
    assert decode_record(encode_record(record)) == record
