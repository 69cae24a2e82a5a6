"""Live AIS for the command line: opens what was asked for, tells what happens, ends on Ctrl-C with a summary."""

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from ingest.ais.live import Station, listen_ais
from ingest.deliveries import Sender
from ingest.lasting import LastingConnection
from ingest.live import Pace
from ingest.net.address import read_address
from ingest.net.receiver import Door, Socket
from ingest.net.tcp import TcpClient, TcpServer
from ingest.net.udp import UdpSocket
from ingest.summary import Summary
from layers.database import connect
from web.database import database
from web.settings import WebSettings
from web.stopping import stop_asked, tell

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
    return ["ingest", "ais", *arguments, "--source", settings.ais_source] if arguments else []


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
    """Receive until SIGINT or SIGTERM; exits with 1 when the database was away and something could not be stored."""
    station = Station(open_sockets(ways), sender, Door(say=tell))
    stop = stop_asked()
    with database(WebSettings()) as url, closing(LastingConnection(lambda: connect(url))) as connection:
        tell(f"listening: {', '.join(socket.label for socket in station.sockets)}; Ctrl-C ends")
        heard = listen_ais(station, connection, Pace(stop=stop, say=tell))
    if heard.unstored:
        tell(f"{heard.unstored} messages could not be stored: the database was away")
        sys.exit(1)
    return heard.summary
