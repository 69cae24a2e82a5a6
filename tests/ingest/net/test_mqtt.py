"""Lines from a real broker: acknowledged when they are safe, not lost when either side dies, and never twice."""

import shutil
import signal
import socket
import subprocess
import threading
from concurrent.futures import Future
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from geo.clock import system_clock, unix_ms
from geo.errors import BadInput
from ingest.bus.door import SpoolDoor, Stamp
from ingest.bus.loader import Loader
from ingest.bus.reader import SpoolConsumer
from ingest.bus.recent import lines_kept
from ingest.bus.run import LoaderLife
from ingest.bus.spool import Spool
from ingest.lasting import LastingConnection
from ingest.live import Pace
from ingest.net import mqtt
from ingest.net.mqtt import Broker, Login, MqttSocket, read_broker
from ingest.net.receiver import Patience, Receiver
from layers.database import connect

from .conftest import position, wait_for

QUICK = Patience(first_pause_s=0.05, longest_pause_s=0.2, connect_s=5.0)
CONFIG = """
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1
"""


class Mosquitto:
    """A broker of its own, on loopback; what it accepted it has written down, so that it may be killed."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(CONFIG.format(port=self.port, folder=folder))
        self.start()

    def start(self):
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin")
        assert program is not None, "mosquitto is missing: ./run test installs it (apt-get install mosquitto)"
        self._process = subprocess.Popen([program, "-c", self._config], stderr=subprocess.DEVNULL)
        wait_for(lambda: "the broker listens", self._listens)

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def kill(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def broker(tmp_path):
    folder = tmp_path / "broker"
    folder.mkdir()
    made = Mosquitto(folder)
    yield made
    made.kill()


@pytest.fixture
def publish(broker):
    """A station that publishes with QoS 1 and keeps at it until the broker has said yes."""
    client = Client(CallbackAPIVersion.VERSION2, client_id="station", clean_session=False)
    client.reconnect_delay_set(1, 1)
    client.on_publish = lambda _client, _data, mid, _code, _properties: send.done.add(mid)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()

    def send(data, topic="ais/mast", **how):
        return client.publish(topic, data, qos=1, **how)

    send.done = set()
    yield send
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def hearing(broker, tmp_path):
    """Our end, over a spool of its own, for the time of a block."""

    @contextmanager
    def listening(bus=None, topic="ais/#"):
        with closing(Spool(tmp_path / "spool", "mqtt")) as spool:
            kept = lines_kept(spool.folder, "nmea", unix_ms(system_clock()))
            where = Broker("127.0.0.1", broker.port, topic, False)
            receiver = Receiver(
                [MqttSocket(where, Login("opsmap-test"), kept, QUICK)],
                SpoolDoor(bus=bus or spool, stamp=Stamp("nmea", "coast", "simulated"), say=said.append),
            )
            receiver.start()
            try:
                yield receiver
                receiver.check()
            finally:
                receiver.stop()

    said = listening.said = []
    return listening


@pytest.fixture
def load(tmp_path, database_url):
    """Stores what the spool holds; the number of positions then."""

    def run():
        with (
            closing(LastingConnection(lambda: connect(database_url))) as lasting,
            closing(SpoolConsumer(tmp_path / "spool", timedelta(hours=1))) as consumer,
        ):
            assert LoaderLife(Loader(consumer, lasting, Pace()), consumer, lasting, Pace()).drain()
            return lasting.current.execute("SELECT count(*) FROM position").fetchone()[0]

    return run


def _connected(hearing, times=1):
    wait_for(lambda: f"connected {times}×; {hearing.said}", lambda: _count(hearing.said, ": connected") >= times)


def _count(said, words):
    return sum(words in line for line in said)


def _kept(tmp_path, line):
    folder = tmp_path / "spool" / "mqtt"
    return line.strip() in lines_kept(folder, "nmea", unix_ms(system_clock()))([line.strip()])


def test_a_broker_killed_in_mid_stream_loses_nothing_and_nothing_comes_twice(broker, publish, hearing, load, tmp_path):
    """The station repeats what a broker that died may have forgotten; what comes twice by that is stored once."""
    with hearing():
        _connected(hearing)
        for n in range(40):
            publish(position(n))
        wait_for(lambda: "the stream is under way", lambda: _kept(tmp_path, position(5)))
        broker.kill()
        waiting = {publish(position(n)).mid for n in range(40, 60)}
        broker.start()
        _connected(hearing, times=2)
        again = {publish(position(n)).mid for n in range(40)}
        wait_for(lambda: "all published", lambda: publish.done >= waiting | again)
        wait_for(lambda: "all are safe", lambda: all(_kept(tmp_path, position(n)) for n in range(60)))
    assert load() == 60


def test_what_comes_while_we_are_away_waits_at_the_broker(publish, hearing, load, tmp_path):
    with hearing():
        _connected(hearing)
    for n in range(10):
        publish(position(n)).wait_for_publish(10)
    with hearing():
        wait_for(lambda: "all of them", lambda: all(_kept(tmp_path, position(n)) for n in range(10)))
    assert load() == 10


class Deaf:
    """A disk that never answers; `asked` when something was to be written."""

    def __init__(self):
        self.asked = threading.Event()

    def publish(self, records):
        if any(record.data for record in records):
            self.asked.set()
        return Future()


def test_nothing_is_acknowledged_before_it_is_safe(publish, hearing, load, tmp_path):
    deaf = Deaf()
    with hearing(deaf):
        _connected(hearing)
        publish(position(1, timed=False)).wait_for_publish(10)
        assert deaf.asked.wait(30)
    with hearing():
        wait_for(lambda: "it comes again", lambda: _kept(tmp_path, position(1, timed=False)))
    assert load() == 1


def test_a_message_that_is_sent_again_is_stored_once_even_without_a_time_in_it(
    publish, hearing, load, tmp_path, monkeypatch
):
    """We die after the disk has it and before the broker hears of it."""
    line, other = position(1, timed=False), position(2, timed=False)
    with monkeypatch.context() as patch, hearing():
        patch.setattr(mqtt._Line, "acknowledge", lambda *_: None)
        _connected(hearing)
        publish(line).wait_for_publish(10)
        wait_for(lambda: "it is on the disk", lambda: _kept(tmp_path, line))
    again = []
    real = mqtt._lines
    monkeypatch.setattr(mqtt, "_lines", lambda m: (again.append(m.dup), real(m))[1])
    with hearing():
        wait_for(lambda: "the broker sends it again", lambda: True in again)
        publish(other).wait_for_publish(10)
        wait_for(lambda: "and goes on", lambda: _kept(tmp_path, other))
    assert load() == 2


def test_what_the_broker_keeps_for_newcomers_is_passed_over(publish, hearing, load, tmp_path):
    publish(position(1, timed=False), retain=True).wait_for_publish(10)
    with hearing():
        _connected(hearing)
        publish(position(2)).wait_for_publish(10)
        wait_for(lambda: "the new one", lambda: _kept(tmp_path, position(2)))
    assert load() == 1


def test_a_topic_of_nonsense_is_passed_over_and_the_others_go_on(publish, hearing, load, tmp_path):
    with hearing():
        _connected(hearing)
        publish(b"\n".join([b"nonsense"] * 2000), "ais/broken")
        wait_for(lambda: f"it is said; {hearing.said}", lambda: _count(hearing.said, "no AIS message"))
        publish(b"more nonsense", "ais/broken").wait_for_publish(10)
        publish(position(3)).wait_for_publish(10)
        wait_for(lambda: "the good one", lambda: _kept(tmp_path, position(3)))
        assert not _kept(tmp_path, b"more nonsense")
    assert load() == 1


def test_a_broker_that_is_not_there_is_asked_again(tmp_path, broker, hearing):
    broker.kill()
    with hearing():
        wait_for(lambda: "it says so", lambda: _count(hearing.said, "not connected") >= 2)
        broker.start()
        _connected(hearing)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mqtt://host", Broker("host", 1883, "#", False)),
        ("mqtts://host/ais/+/raw", Broker("host", 8883, "ais/+/raw", True)),
        ("mqtt://host:1884/ais/#", Broker("host", 1884, "ais/#", False)),
        ("mqtt://[::1]:1884/x", Broker("::1", 1884, "x", False)),
        ("mqtt://[::1]", Broker("::1", 1883, "#", False)),
    ],
)
def test_a_broker_is_written_as_an_address(text, found):
    assert read_broker(text, "--mqtt") == found


@pytest.mark.parametrize("text", ["host", "http://host", "mqtt://", "mqtt://user:secret@host", "mqtt://host:99999"])
def test_what_is_none_is_refused_with_the_form(text):
    with pytest.raises(BadInput, match="mqtt"):
        read_broker(text, "--mqtt")
