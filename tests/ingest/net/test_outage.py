"""The database goes and comes back; what cannot be stored at all does not stop the stream."""

import socket

import psycopg
import pytest

from geo.errors import BadInput
from ingest.deliveries import Delivery, Sender
from ingest.feed import LiveFeed
from ingest.lasting import LastingConnection
from ingest.live import Pace, run_feeds
from ingest.net.address import read_address
from ingest.net.tcp import TcpServer
from ingest.outcome import Report
from ingest.stream import Tally

from .conftest import T0, position


def test_receiving_goes_on_while_the_database_is_away(station):
    server = TcpServer("127.0.0.1", 0)
    with station(server) as heard, socket.create_connection(("127.0.0.1", server.port)) as peer:
        peer.sendall(b"".join(map(position, range(50))))
        heard.wait_count("position", 50)
        heard.cut_off()
        heard.wait_said("database away")
        peer.sendall(b"".join(map(position, range(40, 2_000))))
        heard.down.clear()
        heard.wait_said("database back")
        heard.wait_count("position", 2_000)
        found = heard.end()
    assert (found.unstored, found.summary.stored, found.summary.duplicates) == (0, 2_000, 10)
    assert found.summary.unaccounted == 0


def test_an_end_while_the_database_is_away_says_what_was_lost(station):
    server = TcpServer("127.0.0.1", 0)
    with station(server) as heard, socket.create_connection(("127.0.0.1", server.port)) as peer:
        peer.sendall(position(1))
        heard.wait_count("position", 1)
        heard.cut_off()
        heard.wait_said("database away")
        peer.sendall(position(2) + position(3))
        peer.close()
        heard.wait_said("closed by the other side")
        assert heard.end().unstored == 2


class Given:
    """A stream of outcomes in hand."""

    def __init__(self, outcomes):
        self._outcomes = list(outcomes)

    def take(self, now, room):
        taken, self._outcomes = self._outcomes[:room], self._outcomes[room:]
        return taken

    def close(self):
        pass

    def finish(self):
        return []

    def tally(self):
        from collections import Counter

        return Tally(0, 0, Counter())


def _report(number, text="x"):
    return Report("mmsi:999000002", T0 + number, number, T0 + number, 8, {"text": text}, 0, b"raw")


def _run(connection, delivery, stream, still):
    turns = iter([False, False, True])
    pace = Pace(still, lambda _: None, lambda: next(turns))
    return run_feeds([LiveFeed(stream, delivery)], LastingConnection(lambda: connection), pace)


def test_what_can_never_be_stored_is_a_reject_and_the_rest_is_stored(connection, still):
    delivery = Delivery(connection, Sender("ais-net"), "given", still)
    bad = {17, 900}
    outcomes = [_report(n, "\0" if n in bad else "fine") for n in range(1_000)]
    assert _run(connection, delivery, Given(outcomes), still) == 0
    assert connection.execute("SELECT count(*) FROM ais_report").fetchone() == (998,)
    assert connection.execute("SELECT reason, raw, seen FROM reject").fetchall() == [("unstorable", b"raw", 2)]
    assert (delivery.summary.messages, delivery.summary.rejected["unstorable"]) == (998, 2)


def test_a_commit_whose_answer_was_lost_is_repeated_without_harm(connection, still, monkeypatch):
    delivery = Delivery(connection, Sender("ais-net"), "given", still)
    write, answers = delivery.writer.write_batch, iter([False, True, True])

    def lose_the_answer(batch):
        result = write(batch)
        if not next(answers):
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return result

    monkeypatch.setattr(delivery.writer, "write_batch", lose_the_answer)
    assert _run(connection, delivery, Given(map(_report, range(100))), still) == 0
    assert connection.execute("SELECT count(*) FROM ais_report").fetchone() == (100,)
    assert (delivery.summary.messages, delivery.summary.duplicates) == (100, 100)


@pytest.mark.parametrize(
    ("text", "host", "address"),
    [
        ("10110", "0.0.0.0", ("0.0.0.0", 10110)),
        ("mast:4001", None, ("mast", 4001)),
        ("[::1]:4001", None, ("::1", 4001)),
        ("239.192.0.4:60004", "0.0.0.0", ("239.192.0.4", 60004)),
    ],
)
def test_addresses(text, host, address):
    assert read_address(text, "--udp", host) == address


@pytest.mark.parametrize(
    ("text", "host"), [("mast", None), ("4001", None), (":4001", None), ("mast:x", None), ("70000", "h")]
)
def test_addresses_that_are_none(text, host):
    with pytest.raises(BadInput, match="write"):
        read_address(text, "--tcp", host)
