"""Feeds that are asked: what is new is stored once, whatever the other system does."""

import tracemalloc
from datetime import timedelta

import orjson
import pytest
from pydantic import SecretStr

from geo.errors import BadInput
from ingest.bus.bus import BusFull
from ingest.poll.poll import is_due

from .conftest import cut, endless, send

CURRENT = "school WHERE superseded_at IS NULL"
FROM_FEED = "delivery WHERE label LIKE 'truong%'"


def schools(count, padding=0):
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [108.8, 15.12]},
            "properties": {
                "code": f"T{n}", "name": f"Trường thử {n}", "stage": "primary", "pupils": 9, "as_of": "2026-11-01",
            },
        }
        for n in range(count)
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "note": "x" * padding, "features": features})


def test_what_is_new_is_stored_and_nothing_is_asked_or_sent_twice(asker):
    asker.system.will(send(schools(2), ETag='"one"', Last_Modified="Mon, 23 Nov 2026 07:00:00 GMT"), send(b"", 304))
    first = asker.now
    assert [asker.ask(), asker.ask()] == ["new", "same"]
    asker.load()
    assert asker.count(CURRENT) == 2
    (_, _), (path, headers) = asker.system.asked
    assert headers["if-none-match"] == '"one"'
    assert headers["if-modified-since"].startswith("Mon, 23 Nov")
    since = first + timedelta(minutes=5) - timedelta(seconds=60)  # when it was asked first, less the overlap
    assert path == f"/data?from={since:%Y-%m-%dT%H%%3A%M%%3A%SZ}"
    assert asker.state("outcome, failures, etag, error_vi") == ("same", 0, '"one"', None)


def test_a_server_that_knows_no_etag_and_says_the_same_again_costs_the_loader_nothing(asker):
    asker.system.will(send(schools(2)))
    assert [asker.ask(), asker.ask()] == ["new", "same"]
    asker.load()
    assert asker.count(FROM_FEED) == 1


def test_trouble_that_passes_is_asked_again_within_the_same_turn(asker):
    asker.system.will(send(b"busy", 503), cut(schools(2)), send(schools(2)))
    assert asker.ask() == "new"
    assert len(asker.system.asked) == 3
    asker.load()
    assert asker.count(CURRENT) == 2


@pytest.mark.parametrize(
    ("turn", "settings", "asked", "vi"),
    [
        (send(b"broken", 500), {}, 3, "mã 500"),
        (send(b"who?", 401), {}, 1, "Kiểm tra khóa"),
        (send(b"", 302, Location="/elsewhere"), {}, 1, "chuyển hướng"),
        (send(b"<html>", media="text/html"), {"media": "application/json"}, 1, "thay vì application/json"),
        (send(schools(1), Content_Encoding="gzip"), {}, 1, "nén"),
        (cut(schools(2)), {}, 3, "đứt"),
        (None, {"timeout_s": 0.2, "tries": 1}, 1, "không trả lời"),
    ],
    ids=["500", "401", "redirect", "html", "gzip", "cut", "slow"],
)
def test_what_goes_wrong_is_said_in_words_and_puts_nothing_on_the_bus(asker, turn, settings, asked, vi):
    if turn is None:
        turn = lambda request: asker.system.give_up.wait(30)  # noqa: E731
    asker.system.will(turn)
    asker.settings = settings
    assert asker.ask() == "failed"
    assert len(asker.system.asked) == asked
    outcome, failures, told, since = asker.state("outcome, failures, error_vi, since")
    assert (outcome, failures, since) == ("failed", 1, None)
    assert vi in told
    asker.load()
    assert asker.count(FROM_FEED) == 0


def test_success_after_failures_is_seen_and_the_last_error_stays_to_be_read(asker):
    asker.system.will(send(b"", 500), send(b"", 500), send(b"", 500), send(schools(1)))
    assert [asker.ask(), asker.ask()] == ["failed", "new"]
    failures, told, order = asker.state("failures, error_vi, succeeded_at > failed_at")
    assert (failures, order) == (0, True)
    assert "500" in told


def test_a_hundred_megabytes_are_cut_off_at_the_limit_and_never_held(asker):
    asker.system.will(endless(100 << 20))
    asker.settings = {"most_mib": 4}
    tracemalloc.start()
    assert asker.ask() == "failed"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 << 20
    assert "4 MB" in asker.state("error_vi")[0]


def test_a_large_answer_arrives_whole(asker):
    asker.system.will(send(schools(2, padding=5 << 20)))
    assert asker.ask() == "new"
    asker.load()
    assert asker.count(CURRENT) == 2


def test_a_wrong_body_is_kept_as_a_reject(asker):
    asker.system.will(send(b'{"type": "FeatureColl'))
    assert asker.ask() == "new"
    asker.load()
    assert asker.connection.execute("SELECT reason FROM reject").fetchall() == [("bad_file",)]


def test_cut_short_between_bus_and_row_the_same_is_asked_again_and_stored_once(asker, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    asker.system.will(send(schools(2), ETag='"one"'))
    with monkeypatch.context() as patch:
        patch.setattr("ingest.poll.poll.note_success", killed)
        with pytest.raises(Killed):
            asker.ask()
    assert asker.ask() == "new"
    assert "if-none-match" not in asker.system.asked[-1][1]
    asker.load()
    assert asker.count("school") == 2


def test_a_full_disk_is_a_failure_and_the_answer_is_asked_for_again(asker):
    class Full:
        def publish(self, records):
            raise BusFull("no room")

    asker.system.will(send(schools(1), ETag='"one"'))
    assert asker.ask(Full()) == "failed"
    assert asker.state("etag") == (None,)
    assert asker.ask() == "new"


def test_a_secret_goes_into_the_header_and_nowhere_else(asker):
    asker.settings = {"headers": {"Authorization": "Bearer {secret:csdl}"}}
    with pytest.raises(BadInput, match="csdl"):
        asker.feed()
    asker.secrets = {"csdl": SecretStr("very-secret")}
    asker.system.will(send(b"", 403))
    assert asker.ask() == "failed"
    assert asker.system.asked[0][1]["authorization"] == "Bearer very-secret"
    row = asker.connection.execute("SELECT to_jsonb(f)::text FROM feed_state AS f").fetchone()
    assert "very-secret" not in row[0]


def test_a_feed_is_due_by_its_own_pace_and_after_a_clock_set_back(asker):
    asker.system.will(send(schools(1)))
    feed, connection = asker.feed(), asker.connection
    assert is_due(connection, feed, asker.now)
    asker.ask()
    assert not is_due(connection, feed, asker.now + timedelta(seconds=299))
    assert is_due(connection, feed, asker.now + timedelta(seconds=300))
    assert is_due(connection, feed, asker.now - timedelta(days=1))
