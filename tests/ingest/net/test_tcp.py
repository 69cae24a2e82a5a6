"""TCP on real sockets: several receivers at once, connections that break, peers that are no receivers."""

import socket
import threading
from functools import partial

import pytest

from geo.errors import BadInput
from ingest.net.intake import Intake
from ingest.net.pause import pause_s
from ingest.net.receiver import Door, Patience, Receiver
from ingest.net.tcp import TcpClient, TcpServer

from .conftest import halves, position, wait_for

QUICK = Patience(first_pause_s=0.02, longest_pause_s=0.1)


class FakeReceiver:
    """A receiver that others connect to, one connection after another."""

    def __init__(self, port=0):
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]

    def accept(self):
        self.socket.settimeout(30)
        connection, _ = self.socket.accept()
        return connection

    def close(self):
        self.socket.close()


@pytest.fixture
def receiver():
    fake = FakeReceiver()
    yield fake
    fake.close()


def _connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def test_several_receivers_at_once_each_read_by_itself(station):
    """Their halves of messages come interleaved, under the same number: a mixture would be a wrong message."""
    server = TcpServer("127.0.0.1", 0)
    with station(server) as heard, _connect(server) as north, _connect(server) as south:
        heard.wait_said("connected")
        first, second = halves(999_000_001), halves(999_000_002)
        turns = ((north, first[0]), (south, second[0]), (north, first[1]), (south, second[1]))
        for number, (connection, line) in enumerate(turns):
            connection.sendall(line + position(number))
        heard.wait_count("ais_report", 2)
        summary = heard.end().summary
        heard.names = heard.rows("SELECT key, name FROM transmitter WHERE name IS NOT NULL ORDER BY 1")
    assert heard.names == [("mmsi:999000001", "BOAT 1"), ("mmsi:999000002", "BOAT 2")]
    assert (summary.messages, summary.stored, summary.rejected.total(), summary.unaccounted) == (6, 6, 0, 0)


def test_a_client_comes_back_after_every_break(station, receiver):
    client = TcpClient("127.0.0.1", receiver.port, QUICK)
    with station(client) as heard:
        for turn in range(3):
            with receiver.accept() as connection:
                connection.sendall(position(2 * turn) + position(2 * turn + 1))
                heard.wait_count("position", 2 * turn + 2)
        heard.wait_said("closed by the other side; connects again")
        assert heard.end().summary.stored == 6


def test_a_line_cut_off_by_the_break_is_kept_as_a_reject_and_never_joined(station, receiver):
    client = TcpClient("127.0.0.1", receiver.port, QUICK)
    line = position(1)
    with station(client) as heard:
        for part in (line[:40], line[40:] + position(2)):
            with receiver.accept() as connection:
                connection.sendall(part)
        heard.wait_count("position", 1)
        heard.wait_count("reject", 2)
        assert heard.end().summary.unaccounted == 0


def test_a_receiver_that_is_not_there_yet_is_waited_for(station):
    fake = FakeReceiver()
    port = fake.port
    fake.close()
    with station(TcpClient("127.0.0.1", port, QUICK)) as heard:
        heard.wait_said("not connected")
        fake = FakeReceiver(port)
        with fake.accept() as connection:
            connection.sendall(position(1))
            heard.wait_count("position", 1)
        fake.close()


def test_pauses_grow_are_bounded_and_differ():
    patience = Patience(first_pause_s=1, longest_pause_s=30)
    steady, late = (partial(pause_s, patience=patience, jitter=lambda j=j: j) for j in (0.5, 1.0))
    assert [steady(n) for n in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert late(3) == 6


def test_silence_is_said_and_then_given_up(station, receiver):
    patience = Patience(silent_s=0.05, idle_s=0.15, first_pause_s=0.02)
    with station(TcpClient("127.0.0.1", receiver.port, patience)) as heard:
        with receiver.accept():
            heard.wait_said("connected but silent")
            heard.wait_said("given up; connects again")
        with receiver.accept() as connection:
            connection.sendall(position(1))
            heard.wait_count("position", 1)


def test_who_never_ends_a_line_is_hung_up_on(station):
    server = TcpServer("127.0.0.1", 0, Patience(unbroken_bytes=200_000))
    with station(server) as heard, _connect(server) as peer, _connect(server) as good:
        try:
            for _ in range(100):
                peer.sendall(b"A" * 10_000)
        except OSError:
            pass
        heard.wait_said("without a line end, hung up")
        good.sendall(position(1))
        heard.wait_count("position", 1)
        heard.wait_count("reject WHERE reason = 'line_too_long'", 1)
        assert heard.end().summary.unaccounted == 0


def test_who_talks_nonsense_is_hung_up_on(station):
    server = TcpServer("127.0.0.1", 0)
    with station(server) as heard, _connect(server) as scanner, _connect(server) as good:
        good.sendall(position(1) + b"noise\r\n" * 3_000 + position(2))
        try:
            while not any("no AIS message, hung up" in line for line in heard.said):
                scanner.sendall(b"GET / HTTP/1.1\r\n\0\xff\r\n" * 100)
        except OSError:
            pass
        heard.wait_said("no AIS message, hung up")
        heard.wait_count("position", 2)
        good.sendall(position(3))
        heard.wait_count("position", 3)
        assert heard.end().summary.unaccounted == 0


def test_no_more_connections_than_can_be_borne(station):
    server = TcpServer("127.0.0.1", 0, Patience(most_peers=2))
    with station(server) as heard, _connect(server) as one, _connect(server) as two:
        one.sendall(position(1))
        two.sendall(position(2))
        heard.wait_count("position", 2)
        with _connect(server):
            heard.wait_said("refused, 2 are connected")
        two.close()
        heard.wait_said("closed by the other side")
        with _connect(server) as four:
            four.sendall(position(4))
            heard.wait_count("position", 3)


def test_a_burst_makes_the_sender_wait_and_loses_nothing(still):
    """Nobody stores: the sender is stopped after what the system and a small intake hold, and loses nothing by it."""
    server, intake = TcpServer("127.0.0.1", 0), Intake(256 * 1024)
    receiver = Receiver([server], Door(intake, still))
    receiver.start()
    lines = b"".join(position(number) for number in range(20_000)) * 20
    with _connect(server) as peer:
        sending = threading.Thread(target=peer.sendall, args=(lines,), daemon=True)
        sending.start()
        wait_for(lambda: "a full intake", lambda: intake.held_bytes > 128 * 1024)
        sending.join(0.5)
        assert sending.is_alive()
        most = intake.held_bytes
        got = bytearray()
        while len(got) < len(lines):
            segment = intake.take()
            got += segment.data if segment else b""
            most = max(most, intake.held_bytes)
        sending.join(30)
    receiver.stop()
    assert bytes(got) == lines
    assert most <= 256 * 1024


def test_a_port_that_is_taken_is_said_at_once(receiver):
    with pytest.raises(BadInput, match="cannot be listened at"):
        TcpServer("127.0.0.1", receiver.port)


def test_what_has_arrived_when_it_ends_is_stored(station):
    server = TcpServer("127.0.0.1", 0)
    intake = Intake()
    with station(server, intake=intake) as heard, _connect(server) as peer:
        peer.sendall(b"".join(map(position, range(5_000))) + halves(999_000_003)[0] + position(7)[:30])
        wait_for(lambda: "bytes", lambda: intake.held_bytes > 0 or heard.count("position"))
        peer.close()
        heard.wait_said("closed by the other side")
        summary = heard.end().summary
    assert (summary.stored, summary.rejected["incomplete_multipart"]) == (5_000, 1)
    assert summary.unaccounted == 0
