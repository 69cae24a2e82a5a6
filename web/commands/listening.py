"""Live AIS for the command line: opens what was asked for, tells what happens, ends on Ctrl-C with a summary."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import NamedTuple

from ingest.bus.door import SpoolDoor, Stamp
from ingest.bus.loader import Loader
from ingest.bus.reader import SpoolConsumer
from ingest.bus.run import LoaderLife
from ingest.bus.settings import SpoolSettings
from ingest.bus.spool import Spool, open_spool
from ingest.deliveries import Sender
from ingest.lasting import LastingConnection
from ingest.live import Pace
from ingest.net.address import read_address
from ingest.net.receiver import Receiver, Socket
from ingest.net.tcp import TcpClient, TcpServer
from ingest.net.udp import UdpSocket
from ingest.summary import Summary
from layers.database import connect
from web.database import database
from web.settings import WebSettings
from web.stopping import stop_asked, tell

RECEIVE_TURN_S = 0.2
EVERYWHERE = "0.0.0.0"  # noqa: S104 - receivers are other machines


class Ways(NamedTuple):
    """Where to hear from: receivers to connect to, addresses where they connect to us, ports for datagrams."""

    tcp: Sequence[str]
    listen: Sequence[str]
    udp: Sequence[str]


def live_arguments(settings: WebSettings) -> list[str]:
    """The arguments of `opsmap` that listen to what the settings name; empty when they name nothing.

    BadInput names the setting that is no address.
    """
    arguments: list[str] = []
    for way, host in (("tcp", None), ("listen", EVERYWHERE), ("udp", EVERYWHERE)):
        for address in filter(None, map(str.strip, getattr(settings, f"ais_{way}").split(","))):
            read_address(address, f"OPSMAP_AIS_{way.upper()}", host)
            arguments += [f"--{way}", address]
    return ["ingest", "ais", *arguments, "--source", settings.ais_source, "--receive-only"] if arguments else []


def open_sockets(ways: Ways) -> list[Socket]:
    """All of them, bound; BadInput names the one that cannot be."""
    sockets: list[Socket] = [TcpClient(*read_address(text, "--tcp")) for text in ways.tcp]
    try:
        sockets += [TcpServer(*read_address(text, "--listen", EVERYWHERE)) for text in ways.listen]
        sockets += [UdpSocket(*read_address(text, "--udp", EVERYWHERE)) for text in ways.udp]
    except Exception:
        for made in sockets:
            made.close()
        raise
    return sockets


def hear(ways: Ways, sender: Sender) -> Summary:
    """Receive until SIGINT or SIGTERM: onto the disk first, from there into the database; a summary of what came.

    What could not be stored because the database was away stays in the spool for the next loader.
    """
    sockets, stop, settings = open_sockets(ways), stop_asked(), SpoolSettings()
    with (
        database(WebSettings()) as url,
        closing(LastingConnection(lambda: connect(url))) as connection,
        spooled(sockets, sender, settings) as spool,
        closing(_consumer(settings, spool.folder)) as consumer,
    ):
        pace = Pace(stop=stop, say=tell)
        receiver = Receiver(sockets, _door(spool, sender))
        loader = Loader(consumer, connection, pace, receiver.label)
        loader.books.open(sender, "nmea")
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
    """Receive onto the disk until SIGINT or SIGTERM; another process stores it (`opsmap ingest spool`)."""
    sockets, stop = open_sockets(ways), stop_asked()
    with spooled(sockets, sender, SpoolSettings()) as spool:
        receiver = Receiver(sockets, _door(spool, sender))
        receiver.start()
        tell(f"listening: {receiver.label}; Ctrl-C ends")
        try:
            while not stop():
                receiver.check()
                Event().wait(RECEIVE_TURN_S)
        finally:
            receiver.stop()


@contextmanager
def spooled(sockets: Sequence[Socket], sender: Sender, settings: SpoolSettings) -> Iterator[Spool]:
    """A spool of our own for what the sockets bring; the sockets are closed when it cannot be had."""
    try:
        spool = open_spool(settings, f"ais-{sender.code}", tell)
    except OSError:
        for made in sockets:
            made.close()
        raise
    try:
        yield spool
    finally:
        spool.close()


def load_spool() -> None:
    """Store what the spools of all receivers hold, until told to stop."""
    stop, settings = stop_asked(), SpoolSettings()
    settings.spool_root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        database(WebSettings()) as url,
        closing(LastingConnection(lambda: connect(url))) as connection,
        closing(_consumer(settings, None)) as consumer,
    ):
        pace = Pace(stop=stop, say=tell)
        life = LoaderLife(Loader(consumer, connection, pace), consumer, connection, pace)
        tell(f"loading from {settings.spool_root}; Ctrl-C ends")
        life.run()
        life.drain()


def _door(spool: Spool, sender: Sender) -> SpoolDoor:
    return SpoolDoor(say=tell, bus=spool, stamp=Stamp("nmea", sender.code, sender.origin))


def _consumer(settings: SpoolSettings, only: Path | None) -> SpoolConsumer:
    return SpoolConsumer(settings.spool_root, timedelta(hours=settings.spool_keep_hours), only, tell)
