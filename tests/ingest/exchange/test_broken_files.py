"""Files and moments that break whoever reads them: each is one refusal in words, never the end of all that follow."""

import io
import zipfile
from typing import Any

import psycopg
import pytest

from ingest.exchange.edxml_read import read_moment

MOMENTS = ("²" * 10, "٣" * 13, "9" * 13, "0001-01-01 00:00:00", "9999-12-31T23:59:59-23:59", "24:00")


def _zip(data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        file.writestr("x.geojson", data)
    return out.getvalue()


def _marked(packed: bytes, at: int, value: int) -> bytes:
    """The same two bytes of both headers of the one file in a ZIP set: flags (6, 8) or method (8, 10)."""
    central = packed.index(b"PK\x01\x02")
    done = bytearray(packed)
    done[at : at + 2] = done[central + at + 2 : central + at + 4] = value.to_bytes(2, "little")
    return bytes(done)


def test_a_zip_that_cannot_be_opened_is_refused(connection: psycopg.Connection, axis: Any) -> None:
    whole = _zip(axis.first.content.open().read())
    middle = len(whole) // 3
    kinds = {
        "locked": _marked(whole, 6, 1),
        "unknown method": _marked(whole, 8, 99),
        "spoilt": whole[:middle] + bytes(20) + whole[middle + 20 :],
        "cut": whole[:60],
    }
    for kind, packed in kinds.items():
        taken = axis.take(axis.letter("12", axis.attach("school.geojson", packed)))
        assert (taken.state, "school.geojson" in str(taken.detail)) == ("rejection", True), kind
    assert axis.one("SELECT count(*) FROM school") == 0


def test_a_moment_that_is_none_is_none(connection: psycopg.Connection, axis: Any) -> None:
    told = "".join(
        f"<edXML:TraceHeader><edXML:OrganId>H48.00</edXML:OrganId><edXML:Timestamp>{moment}</edXML:Timestamp>"
        "</edXML:TraceHeader>"
        for moment in MOMENTS
    )
    end = b"</edXML:TraceHeaderList>"
    assert axis.take(axis.letter("12").replace(end, told.encode() + end)).state == "done"
    assert [read_moment(moment) for moment in MOMENTS if moment.isascii()][1:] == [None] * 3


def test_a_day_that_cannot_be_is_refused(connection: psycopg.Connection, axis: Any) -> None:
    for day in ("2026/11/231", "9999/12/31", "0001/01/01", "20/11/20265"):
        taken = axis.take(axis.letter("12", axis.first).replace(b"2026/11/20", day.encode()))
        assert (taken.state, "PromulgationDate" in str(taken.detail)) == ("fail", True), day


def test_whatever_a_reader_trips_over_is_one_refusal(
    connection: psycopg.Connection, axis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours must not stop all that comes behind; its words may quote, so they are not told."""
    from ingest.exchange.layer_files import LayerFiles

    def trip(*_: object) -> None:
        raise RecursionError("Người Canary 0000000099")

    monkeypatch.setattr(LayerFiles, "publish", trip)
    taken = axis.take(axis.letter("12", axis.first))
    assert (taken.state, "RecursionError" in str(taken.detail), "Canary" in str(taken.detail)) == (
        "rejection",
        True,
        False,
    )
