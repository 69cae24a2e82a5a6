"""Reminders over the axis: once under one name whatever is cut short, never for what has come, marked if simulated."""

from datetime import UTC, date, datetime

import psycopg
import pytest

from fixtures.axis import SECRET, SYSTEM, Axis, running
from ingest.exchange.axis import AxisClient, AxisUnavailable
from ingest.exchange.edxml_read import read_document
from ingest.reminders import send_reminders
from layers.reminders.keep import make_reminders
from layers.sources.department_files import FileNote, note_file
from layers.sources.expected import Expectation
from layers.sources.expected_edit import keep_expectation
from layers.sources.register import ensure_source
from layers.sources.template_body import read_template
from layers.sources.templates import keep_template
from tests.layers.test_expected import BODY

NOW = datetime(2026, 9, 10, 2, tzinfo=UTC)
RULE = Expectation(
    "s", "form_a", 1, "workday", 5, 1, date(2026, 8, 1), date(2026, 9, 1), "Sở mô phỏng", agency_code="H48.MP.99"
)


@pytest.fixture
def waiting(connection) -> psycopg.Connection:
    """One reminder (step 2) that waits for the axis; the step before it was overtaken."""
    ensure_source(connection, "s", "simulated")
    keep_template(connection, read_template(BODY), "test", NOW)
    keep_expectation(connection, RULE, datetime(2026, 8, 1, tzinfo=UTC))
    make_reminders(connection, NOW)
    return connection


def states(connection) -> list[tuple]:
    return connection.execute("SELECT step, way, state FROM reminder ORDER BY step").fetchall()


def test_it_is_handed_in_once(waiting):
    assert states(waiting) == [(1, "axis", "missed"), (2, "axis", "waiting")]
    axis = Axis([])

    class Cut(AxisClient):
        """Hears nothing of what came of it."""

        def send(self, name: str, envelope: bytes) -> None:
            super().send(name, envelope)
            raise AxisUnavailable("cut short")

    with running(axis) as url:
        with Cut(url, SYSTEM, SECRET) as client, pytest.raises(AxisUnavailable):
            send_reminders(waiting, client, SYSTEM, lambda: NOW)
        first = dict(axis.handed_in)
        assert states(waiting)[1] == (2, "axis", "waiting")
        with AxisClient(url, SYSTEM, SECRET) as client:
            assert [send_reminders(waiting, client, SYSTEM, lambda: NOW) for _ in range(2)] == [1, 0]
    assert axis.handed_in == first
    assert states(waiting)[1] == (2, "axis", "sent")
    ((name, envelope),) = first.items()
    kept = waiting.execute("SELECT r.uid, p.data FROM reminder AS r JOIN raw_piece AS p USING (sha256)").fetchall()
    assert kept == [(name, envelope)]


def test_the_envelope_says_whom_and_that_it_is_simulated(waiting, tmp_path):
    axis = Axis([])
    with running(axis) as url, AxisClient(url, SYSTEM, SECRET) as client:
        send_reminders(waiting, client, SYSTEM, lambda: NOW)
    (envelope,) = axis.handed_in.values()
    path = tmp_path / "nhac.edxml"
    path.write_bytes(envelope)
    with path.open("rb") as file:
        document = read_document(file)
    assert document.receivers[0].code == "H48.MP.99"
    assert document.subject.startswith("[MÔ PHỎNG")
    assert "quá hạn 1 ngày làm việc" in b"".join(document.attachments[0].content.open()).decode()


def test_what_has_come_meanwhile_is_not_asked_for(waiting):
    source = ensure_source(waiting, "s", "simulated")
    form = keep_template(waiting, read_template(BODY), "test", NOW)
    period = (date(2026, 8, 1), date(2026, 9, 1))
    note_file(waiting, FileNote(source, "f", b"x", 1, "test", "taken", NOW, None, form.id, period=period))
    axis = Axis([])
    with running(axis) as url, AxisClient(url, SYSTEM, SECRET) as client:
        assert send_reminders(waiting, client, SYSTEM, lambda: NOW) == 0
    assert axis.handed_in == {}
    assert states(waiting)[1] == (2, "axis", "missed")
