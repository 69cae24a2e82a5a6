"""Datagrams on real sockets: whole lines in each, nothing joined across, and what is lost is counted."""

import socket

from ingest.net.intake import Intake
from ingest.net.receiver import Door, Receiver
from ingest.net.udp import UdpSocket

from .conftest import halves, position, wait_for


def _sender():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def _send(udp, *datagrams):
    with _sender() as sender:
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", udp.port))


def test_a_datagram_holds_one_or_many_sentences_with_or_without_a_line_end(station):
    udp = UdpSocket("127.0.0.1", 0)
    with station(udp) as heard:
        many = b"".join(map(position, range(2, 6)))
        _send(udp, position(1), many, position(6).rstrip(), b"UdPbC\0" + position(7), b"", b"\r\n")
        heard.wait_count("position", 7)
        summary = heard.end().summary
    assert (summary.stored, summary.rejected.total(), summary.unaccounted) == (7, 0, 0)
    assert any("first datagram" in line for line in heard.said)


def test_a_torn_datagram_does_not_swallow_the_next(station):
    udp = UdpSocket("127.0.0.1", 0)
    with station(udp) as heard:
        _send(udp, position(1)[:40], position(2))
        heard.wait_count("position", 1)
        heard.wait_count("reject", 1)


def test_halves_in_two_datagrams_are_joined_whatever_port_they_come_from(station):
    udp = UdpSocket("127.0.0.1", 0)
    with station(udp) as heard:
        for half in halves(999_000_005):
            _send(udp, half)
        heard.wait_count("ais_report", 1)


def test_without_a_time_a_line_was_heard_when_it_arrived(station):
    udp = UdpSocket("127.0.0.1", 0)
    with station(udp) as heard:
        _send(udp, position(1, timed=False))
        heard.wait_count("position", 1)
        rows = heard.rows("SELECT flags, heard_at = t, abs(extract(epoch FROM stored_at - t)) < 60 FROM position")
        assert rows == [(2, True, True)]
        assert heard.rows("SELECT cadence = '5 minutes' FROM source WHERE code = 'ais-net'") == [(True,)]
        assert heard.end().summary.untimed == 1


def test_what_finds_no_room_is_lost_and_counted(still):
    udp = UdpSocket("127.0.0.1", 0)
    said = []
    receiver = Receiver([udp], Door(Intake(2_000), still, said.append))
    receiver.start()
    try:
        for number in range(100):
            _send(udp, position(number))
        wait_for(lambda: "losses", lambda: receiver.lost() >= 90)
    finally:
        receiver.stop()
    held = 0
    while receiver.door.intake.take():
        held += 1
    assert held + receiver.lost() == 100
    assert sum("datagrams are being lost" in line for line in said) == 1


def test_what_the_system_dropped_is_counted(still):
    udp = UdpSocket("127.0.0.1", 0)
    udp._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    _send(udp, *map(position, range(500)))
    receiver = Receiver([udp], Door(Intake(), still))
    receiver.start()
    try:

        def told():
            _send(udp, position(1))
            return udp.lost() > 0

        wait_for(lambda: "the system's count", told)
    finally:
        receiver.stop()


def test_peers_are_bounded(still):
    udp = UdpSocket("127.0.0.1", 0)
    door = Door(Intake(), still)
    for number in range(1_000):
        udp._peer(f"10.0.{number // 250}.{number % 250}", door)
    assert len(udp._peers) == 256
    udp.close()
