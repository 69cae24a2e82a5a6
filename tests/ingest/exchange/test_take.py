"""Documents, replacements, revocations and updates: what is in force after each, and what stays to be read."""

import itertools
from datetime import timedelta
from typing import Any

import psycopg
import pytest

HEALTH = "H48.90"
DOC, NEW = f"{HEALTH},2026,12", f"{HEALTH},2026,13"


def _pupils(connection: psycopg.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT code, pupils FROM school WHERE superseded_at IS NULL").fetchall())


def _papers(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT uid, state FROM paper").fetchall())


def _states(connection: psycopg.Connection, about: str) -> list[str]:
    rows = connection.execute(
        "SELECT s.state FROM exchange_step AS s JOIN exchange_message AS m ON m.id = s.message_id"
        " WHERE m.document_id = %s ORDER BY s.id", (about,)
    )  # fmt: skip
    return [state for (state,) in rows]


def test_a_document_publishes_its_file_with_its_paper(connection: psycopg.Connection, axis: Any) -> None:
    taken = axis.take(axis.letter("12", axis.first))
    assert (taken.state, taken.summary.stored, taken.summary.unaccounted) == ("done", 3, 0)
    assert _pupils(connection) == {"T1": 100, "T2": 200}
    paper = axis.one("SELECT number, notation, signer, agency_code, state FROM paper")
    assert paper == ("12", "BC-MP", "Người ký thử", HEALTH, "valid")
    linked = (
        "SELECT p.uid FROM school AS t JOIN delivery AS d ON d.id = t.delivery_id JOIN paper AS p ON p.id = d.paper_id"
    )
    assert axis.one(f"{linked} WHERE t.code = 'T1'") == DOC
    assert _states(connection, DOC) == ["inbox", "processing", "done"]


def test_a_message_delivered_twice_is_stored_once(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first), "m1")
    again = axis.take(axis.letter("12", axis.first), "m1")
    other_way = axis.take(axis.letter("12", axis.first, place="đi đường khác"), "m2")
    assert [(t.summary.stored, t.summary.duplicates, t.state) for t in (again, other_way)] == [(0, 1, "done")] * 2
    assert axis.one("SELECT count(*), max(seen) FROM exchange_message WHERE uid = 'm1'") == (1, 2)
    assert axis.one("SELECT count(*) FROM school") == 2


def test_changed_content_under_a_known_name_is_refused(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    changed = axis.take(axis.letter("12", axis.second))
    assert (changed.state, dict(changed.summary.rejected)) == ("rejection", {"bad_message": 1})
    assert _pupils(connection) == {"T1": 100, "T2": 200}


def test_a_replacement_stands_in_the_place_of_the_former(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    axis.take(axis.letter("13", axis.second, kind="replacement", about=(DOC,)))
    assert _papers(connection) == {DOC: "replaced", NEW: "valid"}
    assert _pupils(connection) == {"T1": 150}
    ids = connection.execute("SELECT DISTINCT id FROM school WHERE code = 'T1'").fetchall()
    assert (len(ids), axis.one("SELECT count(*) FROM school")) == (1, 3)


def test_what_a_replacement_repeats_is_its_own(connection: psycopg.Connection, axis: Any) -> None:
    """A row that says the same as before is the new paper's: taking the old one's place must not lose it."""
    axis.take(axis.letter("12", axis.first))
    axis.take(axis.letter("13", axis.first, kind="replacement", about=(DOC,)))
    assert _pupils(connection) == {"T1": 100, "T2": 200}
    axis.take(axis.letter("14", kind="revocation", about=(NEW,)))
    assert _pupils(connection) == {}


def test_a_revocation_takes_back_and_leaves_the_history(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    taken = axis.take(axis.letter("14", kind="revocation", about=(DOC,)))
    assert (taken.state, _papers(connection)[DOC], _pupils(connection)) == ("done", "revoked", {})
    assert axis.one("SELECT count(*), count(superseded_at) FROM school") == (2, 2)
    sums = connection.execute("SELECT sum(value) FROM cell_sum WHERE layer = 'school'").fetchone()
    assert sums in ((None,), (0,))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_whatever_comes_first_the_end_is_the_same(
    connection: psycopg.Connection, axis: Any, order: tuple[int, ...]
) -> None:
    sent = [
        axis.letter("12", axis.first),
        axis.letter("13", axis.second, kind="replacement", about=(DOC,)),
        axis.letter("14", kind="revocation", about=(NEW,)),
    ]
    for number in order:
        axis.take(sent[number])
    assert _papers(connection) == {DOC: "replaced", NEW: "revoked", f"{HEALTH},2026,14": "valid"}
    assert _pupils(connection) == {}
    assert axis.one("SELECT count(*) FROM exchange_message WHERE state <> 'done'") == 0


def test_a_revocation_before_its_document_waits(connection: psycopg.Connection, axis: Any) -> None:
    waiting = axis.take(axis.letter("14", kind="revocation", about=(DOC,)))
    assert waiting.state == "acceptance"
    late = axis.take(axis.letter("12", axis.first))
    assert (late.state, late.detail) == ("done", "taken back before it came")
    assert (_pupils(connection), _papers(connection)[DOC]) == ({}, "revoked")
    assert _states(connection, f"{HEALTH},2026,14")[-1] == "done"


def test_another_agency_takes_nothing_back(connection: psycopg.Connection, axis: Any) -> None:
    from ingest.exchange.document import Organ

    axis.take(axis.letter("12", axis.first))
    stranger = axis.take(axis.letter("14", kind="revocation", about=(DOC,), sender=Organ("H48.91")))
    assert stranger.state == "rejection"
    assert _pupils(connection) == {"T1": 100, "T2": 200}


def test_an_update_corrects_under_the_same_paper(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    axis.take(axis.letter("12", axis.second, kind="update"))
    assert _pupils(connection) == {"T1": 150, "T2": 200}
    axis.take(axis.letter("14", kind="revocation", about=(DOC,)))
    assert _pupils(connection) == {}
    assert axis.take(axis.letter("12", axis.first, kind="update")).detail == "taken back before it came"


def test_a_file_that_cannot_be_read_stores_nothing_of_the_message(connection: psycopg.Connection, axis: Any) -> None:
    taken = axis.take(axis.letter("12", axis.first, axis.attach("zone.geojson", b"{]")))
    assert (taken.state, dict(taken.summary.rejected)) == ("rejection", {"bad_message": 1})
    assert (_pupils(connection), _papers(connection)) == ({}, {})
    assert "zone" in str(axis.one("SELECT detail FROM exchange_message"))


def test_only_what_an_adapter_vouches_for_is_kept(connection: psycopg.Connection, axis: Any) -> None:
    secret = b"%PDF canary 0000000042"
    taken = axis.take(axis.letter("12", axis.first, axis.attach("cong-van.pdf", secret), axis.attach("la.bin", secret)))
    assert dict(taken.summary.ignored) == {"paper_text": 1, "unknown_attachment": 1}
    kept = b"".join(data for (data,) in connection.execute("SELECT data FROM raw_piece ORDER BY sha256, number"))
    assert b"school.geojson" in kept
    assert b"cong-van.pdf" not in kept
    assert axis.one("SELECT sha256 <> kept_sha256 FROM exchange_message") is True


def test_what_was_kept_can_be_taken_again(connection: psycopg.Connection, axis: Any) -> None:
    """The raw store gives the same facts as the message did."""
    axis.take(axis.letter("12", axis.first, axis.attach("cong-van.pdf", b"%PDF")))
    kept = b"".join(
        data for (data,) in connection.execute(
            "SELECT p.data FROM exchange_message AS m JOIN raw_piece AS p ON p.sha256 = m.kept_sha256 ORDER BY p.number"
        )
    )  # fmt: skip
    assert axis.take(kept).summary.duplicates == 1 or axis.take(kept).state == "rejection"


@pytest.mark.parametrize(
    "bad",
    [b"", b"\x00" * 100, b"<a" * 1000, b"{", b'{"messageType": "poke"}', b'{"messageType": "edoc", "document": 5}',
     b'<!DOCTYPE x [<!ENTITY a "b">]><edXML>&a;</edXML>', b"[1]"],
)  # fmt: skip
def test_a_hopeless_message_is_one_reject(connection: psycopg.Connection, axis: Any, bad: bytes) -> None:
    taken = axis.take(bad)
    assert (taken.state, taken.summary.unaccounted, taken.summary.rejected.total()) == ("fail", 0, 1)
    assert axis.one("SELECT count(*) FROM reject") == 1


def test_what_a_revoked_letter_had_corrected_stands_again(connection: psycopg.Connection, axis: Any) -> None:
    axis.take(axis.letter("12", axis.first))
    axis.take(axis.letter("13", axis.second))
    assert _pupils(connection) == {"T1": 150, "T2": 200}
    axis.take(axis.letter("14", kind="revocation", about=(NEW,)))
    assert _pupils(connection) == {"T1": 100, "T2": 200}
    assert axis.one("SELECT count(*), count(DISTINCT id) FROM school WHERE code = 'T1'") == (3, 1)
    axis.take(axis.letter("15", kind="revocation", about=(DOC,)))
    assert _pupils(connection) == {}


def test_what_had_stood_down_for_another_source_does_not_come_back(connection: psycopg.Connection, axis: Any) -> None:
    from ingest.tables.withdraw import withdraw_source
    from layers.registry import load_layers

    axis.take(axis.letter("12", axis.first))
    axis.now += timedelta(hours=1)
    withdraw_source(connection, load_layers()["school"], "schools", axis.now)
    axis.now += timedelta(hours=1)
    axis.take(axis.letter("13", axis.second))
    axis.take(axis.letter("14", kind="revocation", about=(NEW,)))
    assert _pupils(connection) == {}
