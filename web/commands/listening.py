"""Live AIS and VMS for the command line: opens what was asked for, tells what happens, sums up on Ctrl-C."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from socket import gethostname
from threading import Event
from typing import NamedTuple, TypeVar

import psycopg

from geo.clock import system_clock, unix_ms
from geo.errors import BadInput
from ingest.bus.bus import Publisher
from ingest.bus.choice import bus_plan, open_consumer, open_publisher
from ingest.bus.door import SpoolDoor, Stamp
from ingest.bus.loader import Loader
from ingest.bus.recent import lines_kept
from ingest.bus.run import LoaderLife
from ingest.bus.settings import SpoolSettings
from ingest.bus.spool import Spool, open_spool
from ingest.deliveries import Sender
from ingest.lasting import LastingConnection
from ingest.live import TRY_EVERY, Pace
from ingest.net.address import read_address
from ingest.net.mqtt import Broker, Login, MqttSocket, read_broker
from ingest.net.receiver import Receiver, Socket
from ingest.net.serial_port import SerialSocket, read_line
from ingest.net.tcp import TcpClient, TcpServer
from ingest.net.udp import UdpSocket
from ingest.summary import Summary
from layers.database import connect
from web.database import database
from web.settings import WebSettings
from web.stopping import stop_asked, tell

RECEIVE_TURN_S = 0.2
End = TypeVar("End", bound=Publisher)
EVERYWHERE = "0.0.0.0"  # noqa: S104 - receivers are other machines


class Ways(NamedTuple):
    """Where to hear from: receivers to connect to, addresses where they connect to us, ports for datagrams.

    `mqtt` brokers and `serial` devices; `form` is what all of them speak.
    """

    tcp: Sequence[str] = ()
    listen: Sequence[str] = ()
    udp: Sequence[str] = ()
    mqtt: Sequence[str] = ()
    serial: Sequence[str] = ()
    form: str = "nmea"


def live_arguments(settings: WebSettings) -> list[str]:
    """The arguments of `opsmap` that listen to what the settings name; empty when they name nothing.

    BadInput names the setting that is no address.
    """
    arguments: list[str] = []
    for way, host in (("tcp", None), ("listen", EVERYWHERE), ("udp", EVERYWHERE)):
        for address in filter(None, map(str.strip, getattr(settings, f"ais_{way}").split(","))):
            read_address(address, f"OPSMAP_AIS_{way.upper()}", host)
            arguments += [f"--{way}", address]
    for way, check in (("mqtt", read_broker), ("serial", read_line)):
        for address in filter(None, map(str.strip, getattr(settings, f"ais_{way}").split(","))):
            check(address, f"OPSMAP_AIS_{way.upper()}")
            arguments += [f"--{way}", address]
    return ["ingest", "ais", *arguments, "--source", settings.ais_source, "--receive-only"] if arguments else []


def open_sockets(ways: Ways, source: str) -> list[Socket]:
    """All of them, bound; BadInput names the one that cannot be."""
    brokers = [read_broker(text, "--mqtt") for text in ways.mqtt]
    sockets: list[Socket] = [TcpClient(*read_address(text, "--tcp")) for text in ways.tcp]
    sockets += [SerialSocket(read_line(text, "--serial")) for text in ways.serial]
    sockets += [MqttSocket(broker, login_at(broker, source, WebSettings())) for broker in brokers]
    try:
        sockets += [TcpServer(*read_address(text, "--listen", EVERYWHERE)) for text in ways.listen]
        sockets += [UdpSocket(*read_address(text, "--udp", EVERYWHERE)) for text in ways.udp]
    except Exception:
        for made in sockets:
            made.close()
        raise
    return sockets


def login_at(broker: Broker, source: str, settings: WebSettings) -> Login:
    """Who we are at a broker: always the same, so that it keeps what came while we were away; no two of us alike."""
    named = f"{source} {gethostname()} {settings.resolved_data_dir()} {broker.label}"
    client = "opsmap-" + sha256(named.encode()).hexdigest()[:12]
    return Login(client, settings.mqtt_user, settings.mqtt_password.get_secret_value())


def hear(ways: Ways, sender: Sender) -> Summary:
    """Receive until SIGINT or SIGTERM: onto the disk first, from there into the database; a summary of what came.

    What could not be stored because the database was away stays in the spool for the next loader.
    BadInput where a bus of several machines is set: there it is the loader that stores.
    """
    settings = SpoolSettings()
    if bus_plan(settings) is not None:
        fix = "OPSMAP_BUS is set: add --receive-only here, and store with `opsmap ingest spool`"
        raise BadInput(fix, field="receive_only")
    sockets, stop = open_sockets(ways, sender.code), stop_asked()
    with (
        database(WebSettings()) as url,
        closing(LastingConnection(lambda: connect(url))) as connection,
        received(sockets, ways.form, lambda: open_spool(settings, _name(ways, sender), tell)) as spool,
        closing(open_consumer(settings, tell, spool.folder)) as consumer,
    ):
        pace = Pace(stop=stop, say=tell)
        receiver = Receiver(sockets, _door(spool, sender, ways.form))
        loader = Loader(consumer, connection, pace, receiver.label)
        loader.books.open(sender, ways.form)
        life = LoaderLife(loader, consumer, connection, pace)
        receiver.start()
        tell(f"listening: {receiver.label}; Ctrl-C ends")
        try:
            life.run(receiver.check)
        finally:
            receiver.stop()
        spool.close()
        loader.books.lost(receiver.lost())
        if not life.drain():
            tell("the database is away: what came is in the spool and will be stored from there")
    return loader.books.summaries()[0]


def receive(ways: Ways, sender: Sender) -> None:
    """Receive onto the disk or the bus until SIGINT or SIGTERM; another process stores it (`opsmap ingest spool`)."""
    sockets, stop = open_sockets(ways, sender.code), stop_asked()
    name = _name(ways, sender)
    with received(sockets, ways.form, lambda: open_publisher(SpoolSettings(), name, tell)) as bus:
        receiver = Receiver(sockets, _door(bus, sender, ways.form))
        receiver.start()
        tell(f"listening: {receiver.label}; Ctrl-C ends")
        try:
            while not stop():
                receiver.check()
                Event().wait(RECEIVE_TURN_S)
        finally:
            receiver.stop()


@contextmanager
def received(sockets: Sequence[Socket], form: str, open_bus: Callable[[], End]) -> Iterator[End]:
    """A bus of our own for what the sockets bring in a form; the sockets are closed when it cannot be had."""
    try:
        bus = open_bus()
    except Exception:
        for made in sockets:
            made.close()
        raise
    for socket in sockets:
        if isinstance(socket, MqttSocket) and isinstance(bus, Spool):
            socket.kept = lines_kept(bus.folder, form, unix_ms(system_clock()))
    try:
        yield bus
    finally:
        bus.close()


def load_spool() -> None:
    """Store what the spools of all receivers, or the lanes of the bus, hold, until told to stop."""
    stop, settings = stop_asked(), SpoolSettings()
    with (
        database(WebSettings()) as url,
        closing(connect_patiently(url, stop)) as connection,
        closing(open_consumer(settings, tell)) as consumer,
    ):
        pace = Pace(stop=stop, say=tell)
        life = LoaderLife(Loader(consumer, connection, pace), consumer, connection, pace)
        plan = bus_plan(settings)
        tell(f"loading from {'the bus' if plan else settings.spool_root}; Ctrl-C ends")
        life.run()
        life.drain()


def connect_patiently(url: str, stop: Callable[[], bool]) -> LastingConnection:
    """A connection as soon as the database is there; its own error when we are told to stop before."""
    told = False
    while True:
        try:
            return LastingConnection(lambda: connect(url))
        except psycopg.OperationalError as error:
            if stop():
                raise
            if not told:
                tell(f"database away ({str(error).strip().splitlines()[-1].strip()}); waiting for it")
            told = True
        Event().wait(TRY_EVERY.total_seconds())


def _name(ways: Ways, sender: Sender) -> str:
    return f"{'ais' if ways.form == 'nmea' else 'vms'}-{sender.code}"


def _door(bus: Publisher, sender: Sender, form: str) -> SpoolDoor:
    return SpoolDoor(say=tell, bus=bus, stamp=Stamp(form, sender.code, sender.origin))
