"""What the tests of sockets share: sentences to send, a station that listens on a thread, and patience with a limit."""

import threading
import time
from contextlib import contextmanager

import pytest

from fixtures import nmea
from ingest.ais.live import Station, listen_ais
from ingest.deliveries import Sender
from ingest.lasting import LastingConnection
from ingest.live import Pace
from ingest.net.receiver import Door
from layers.database import connect

T0 = 1_764_000_000_000
DEADLINE_S = 30.0


def wait_for(what, condition):
    """Until it holds; a failure after the deadline says what did not."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"not within {DEADLINE_S} s: {what()}"
        time.sleep(0.01)


def position(number, timed=True, t_ms=None):
    """The line of one position; different numbers say different things."""
    motion = nmea.motion_fields(109 + number % 1000 / 1000, 15 + number // 1000 / 1000, 7.5, 181.5, number % 60)
    sentence = nmea.sentences(nmea.position_a(999_000_000 + number % 50, 7, motion), b"A", 1)[0]
    return (nmea.tag(sentence, t_ms or T0 + number * 1000) if timed else sentence) + b"\r\n"


def halves(mmsi, sequence=1):
    """The two lines of one identity message, without anything that says whose they are."""
    name = nmea.six_bit_text(f"BOAT {mmsi % 1000}", 20)
    fields = [(5, 6), (0, 2), (mmsi, 30), (0, 2), (0, 30), nmea.six_bit_text("", 7), name, (30, 8), (0, 184)]
    return [line + b"\r\n" for line in nmea.sentences(fields, b"A", sequence)]


class Heard:
    """A station that is listening: what it said, how to wait for what it stored, how to end it."""

    def __init__(self, station, url, said):
        self.said = said
        self.down = threading.Event()
        self.result = None
        self._url, self._stop = url, threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(station,))
        self._watch = connect(url)
        self._failure = None

    def _open(self):
        import psycopg

        if self.down.is_set():
            raise psycopg.OperationalError("connection refused")
        return connect(self._url)

    def _listen(self, station):
        lasting = LastingConnection(self._open)
        try:
            self.result = listen_ais(station, lasting, Pace(stop=self._stop.is_set, say=self.said.append))
        except BaseException as error:
            self._failure = error
        finally:
            lasting.close()

    def count(self, what):
        return self._watch.execute(f"SELECT count(*) FROM {what}").fetchone()[0]

    def rows(self, statement):
        return self._watch.execute(statement).fetchall()

    def wait_count(self, what, count):
        found = lambda: f"{count} of {what}, found {self.count(what)}; said {self.said}"  # noqa: E731
        wait_for(found, lambda: self.count(what) >= count)

    def wait_said(self, text):
        wait_for(lambda: f"{text!r} in {self.said}", lambda: any(text in line for line in self.said))

    def cut_off(self):
        """The database goes: every connection to it ends, and none can be made."""
        self.down.set()
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        self._watch.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    def start(self):
        self._thread.start()

    def end(self):
        self._stop.set()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()
        if self._failure is not None:
            raise self._failure
        return self.result

    def release(self):
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(DEADLINE_S)
        self._watch.close()


@pytest.fixture
def station(database_url):
    """Starts a station over these sockets; ends it with the test."""

    @contextmanager
    def listening(*sockets, **door):
        said = []
        heard = Heard(Station(sockets, Sender("ais-net"), Door(say=said.append, **door)), database_url, said)
        heard.start()
        try:
            yield heard
        finally:
            heard.release()

    return listening
