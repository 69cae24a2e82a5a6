"""Messages nobody should send: never an exception, everything counted, memory bounded."""

import base64
import io
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[3] / "docs/contracts/examples").iterdir())]
FIGURES = b'{"contract": "opsmap/facility-day/1", "days": [{"subject": "A", "day": "%s", "values": %s}]}'
spoil = st.tuples(
    st.sampled_from(EXAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), max_size=4),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoil)
def test_a_spoilt_message_is_taken_or_refused_and_counted(
    connection: psycopg.Connection, axis: Any, spoilt: tuple[bytes, list[tuple[float, int, bytes]]]
) -> None:
    data, cuts = spoilt
    for where, gone, put in cuts:
        at = int(where * len(data))
        data = data[:at] + put + data[at + gone :]
    with connection.transaction(force_rollback=True):
        taken = axis.take(data)
        assert taken.summary.unaccounted == 0
        assert axis.one("SELECT count(*) FROM exchange_message WHERE state IN ('inbox', 'processing')") == 0


@pytest.mark.parametrize("name", ["subject", "notation", "place"])
def test_long_words_are_cut(connection: psycopg.Connection, axis: Any, name: str) -> None:
    assert axis.take(axis.letter("1", **{name: "ờ" * 30_000})).state == "done"


@pytest.mark.parametrize(
    "data",
    [
        b'{"messageType": "revocation", "from": "A", "refersTo": ["\\u0000"]}',
        b'{"messageType": "revocation", "from": "A", "refersTo": ["' + b"x" * 4000 + b'"]}',
        b'{"messageType": "revocation", "from": "' + b"x" * 4000 + b'", "refersTo": ["a"]}',
        b'{"contract": "opsmap/1022-cases/1", "cases": [1]}',
        b'{"contract": "opsmap/1022-cases/1", "cases": ' + b"[" * 5000,
        FIGURES % (b"2026-01-01", b'{"tu_vong": -1}'),
        FIGURES % (b"2999-01-01", b"{}"),
    ],
)
def test_wrong_values_are_refused_in_words(connection: psycopg.Connection, axis: Any, data: bytes) -> None:
    taken = axis.take(data)
    assert taken.state in ("fail", "rejection")
    assert taken.detail


def test_a_name_with_folders_stays_in_its_own(connection: psycopg.Connection, axis: Any) -> None:
    name = "../../../" + "ệ" * 200 + "/school.geojson"
    assert (
        axis.take(axis.letter("1", axis.attach(name, axis.first.content.open().read(), "layer:school"))).state == "done"
    )


def test_a_file_in_a_zip_of_its_own_is_read_and_a_bomb_is_not(connection: psycopg.Connection, axis: Any) -> None:
    def packed(name: str, data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, data)
        return out.getvalue()

    good = packed("x.geojson", axis.first.content.open().read())
    assert axis.take(axis.letter("1", axis.attach("school.geojson", good))).summary.stored == 3
    bomb = packed("x.geojson", bytes(210_000_000))
    taken = axis.take(axis.letter("2", axis.attach("school.geojson", bomb)))
    assert (taken.state, "when unpacked" in str(taken.detail)) == ("rejection", True)


def test_a_message_of_a_hundred_megabytes_is_bounded(connection: psycopg.Connection, axis: Any, tmp_path: Path) -> None:
    """A file too large is refused, one just small enough is passed by; neither is held in memory."""
    import tracemalloc

    from ingest.exchange.take import Incoming, take_message

    head, tail = axis.letter("1", axis.attach("phu-luc.pdf", b"")).split(b"</edXML:ContentTransferEncoded>")
    piece = base64.b64encode(bytes(750_000))
    for count, state in ((130, "done"), (135, "fail")):
        path = tmp_path / f"{count}.edxml"
        with path.open("wb") as file:
            file.write(head.replace(b"BC-MP", str(count).encode()).replace(b"2026,1<", f"2026,{count}<".encode()))
            for _ in range(count):
                file.write(piece)
            file.write(b"</edXML:ContentTransferEncoded>" + tail)
        tracemalloc.start()
        taken = take_message(connection, Incoming(path, path.name), axis.desk, lambda: axis.now)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (taken.state, peak < 12_000_000) == (state, True), taken.detail
