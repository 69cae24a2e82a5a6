"""Messages that come again, under another name, from another agency, or too late: what stands must go on standing."""

import re
from datetime import timedelta
from typing import Any

import psycopg

from ingest.exchange.axis import AxisClient, Post
from ingest.exchange.document import Organ

HEALTH = "H48.90"
DOC, NEW, BACK = (f"{HEALTH},2026,{number}" for number in (12, 13, 14))
STRANGER = Organ("H48.91", "Sở khác (mô phỏng)")


def _pupils(connection: psycopg.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT code, pupils FROM school WHERE superseded_at IS NULL").fetchall())


def _papers(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT uid, state FROM paper").fetchall())


def test_an_older_update_sent_again_does_not_undo_a_later_one(connection: psycopg.Connection, axis: Any) -> None:
    older = axis.letter("12", axis.second, kind="update")
    newer = axis.letter("12", axis.attach("school.geojson", _more(axis, 160)), kind="update")
    axis.take(axis.letter("12", axis.first))
    for message in (older, newer):
        assert axis.take(message).state == "done"
    again = axis.take(newer, "newer, under another name")
    assert (again.state, again.detail, again.summary.stored) == ("done", "came before", 0)
    replayed = axis.take(older, "older, under another name")
    assert (replayed.state, "later" in str(replayed.detail)) == ("rejection", True)
    assert _pupils(connection)["T1"] == 160


def _more(axis: Any, pupils: int) -> bytes:
    data: bytes = axis.second.content.open().read()
    return re.sub(rb'"pupils":\d+', b'"pupils":%d' % pupils, data)


def test_another_agency_updates_nothing(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    for kind in ("update", "replacement", "edoc"):
        stranger = axis.take(axis.letter("12", axis.second, kind=kind, about=(DOC,), sender=STRANGER))
        assert stranger.state == "rejection", kind
    assert _pupils(connection) == {"T1": 100, "T2": 200}
    assert axis.one("SELECT agency_code FROM paper WHERE uid = %s", DOC) == HEALTH


def test_a_document_sent_again_after_it_was_taken_back_is_told_so(connection: psycopg.Connection, axis: Any) -> None:
    """`done` would say that it is in force."""
    axis.take(axis.letter("12", axis.first))
    axis.take(axis.letter("14", kind="revocation", about=(DOC,)))
    again = axis.take(axis.letter("12", axis.first), "under another name")
    assert (again.state, "revoked" in str(again.detail)) == ("rejection", True)
    assert axis.take(axis.letter("16", axis.first)).state == "done"
    assert _pupils(connection) == {"T1": 100, "T2": 200}


def test_a_revocation_taken_back_leaves_its_document_revoked(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    axis.take(axis.letter("14", kind="revocation", about=(DOC,)))
    assert axis.take(axis.letter("15", kind="revocation", about=(BACK,))).state == "done"
    assert (_papers(connection)[DOC], _papers(connection)[BACK], _pupils(connection)) == ("revoked", "revoked", {})


def test_a_chain_of_replacements_leaves_only_the_last(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    axis.take(axis.letter("13", axis.second, kind="replacement", about=(DOC,)))
    axis.take(axis.letter("14", axis.first, kind="replacement", about=(NEW,)))
    assert _papers(connection) == {DOC: "replaced", NEW: "replaced", BACK: "valid"}
    assert _pupils(connection) == {"T1": 100, "T2": 200}
    axis.take(axis.letter("15", kind="revocation", about=(BACK,)))
    assert _pupils(connection) == {}


def test_a_known_name_with_other_bytes_is_not_passed_over(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first), "m1")
    other = axis.take(axis.letter("13", axis.second), "m1")
    assert dict(other.summary.rejected) == {"reused_id": 1}
    assert (axis.one("SELECT state FROM exchange_message"), _pupils(connection)["T1"]) == ("done", 100)
    told = str(axis.one("SELECT detail FROM reject WHERE reason = 'reused_id'"))
    assert "m1" in told
    road = axis.letter("12", axis.first).replace(b"</edXML:TraceHeaderList>", _trace() + b"</edXML:TraceHeaderList>")
    assert axis.take(road, "m1").summary.duplicates == 1


def _trace() -> bytes:
    return (
        b"<edXML:TraceHeader><edXML:OrganId>H48.00</edXML:OrganId>"
        b"<edXML:Timestamp>2026-11-23T08:00:00+07:00</edXML:Timestamp></edXML:TraceHeader>"
    )


def test_what_a_paper_says_was_told_by_now(connection: psycopg.Connection, axis: Any) -> None:
    """A letter of today was not heard tonight."""
    report = b'{"contract": "opsmap/facility-day/1", "days": [{"subject": "MP001", "day": "2026-11-22",' + (
        b' "values": {"ho_so_kcb": 3}}]}'
    )
    axis.take(axis.letter("12", axis.attach("ngay.json", report), issued_on=axis.now.date()))
    assert axis.one("SELECT heard_at <= %s FROM observation", axis.now) is True
    axis.now += timedelta(days=3)


def test_names_of_the_axis_stay_in_their_place(axis: Any) -> None:
    """A message's name is no path of the axis, and one bad name does not hide the others."""
    asked: list[str] = []

    class Listening(AxisClient):
        def _ask(self, method: str, path: str, **more: Any) -> Any:
            asked.append(path)
            return self

        def json(self) -> Any:
            names = ["..", "a/../../admin", "x" * 301, "b?c", "đúng"]
            return {"documents": [{"id": name} for name in names] + [None, {"name": "no id"}]}

    client = Listening("http://axis.test", "s", "secret")
    listed = client.list("inbox", 10)
    assert [each.id for each in listed if each is not None] == ["a/../../admin", "b?c", "đúng"]
    client.tell("a/../../admin", "done", None)
    assert asked[-1] == "/edocs/a%2F..%2F..%2Fadmin/status"
    post = Post(axis.connection, client, axis.desk, lambda: axis.now)
    assert post.client is client
