"""Whom we may ask: only hosts that are allowed by name, and at an address that is looked up once and then kept to.

So that neither a setting nor another system's name server can make this machine ask itself, the office network or a
cloud's own services (server-side request forgery).
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from geo.errors import NotAllowed
from ingest.work.settings import WorkSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"https": 443, "http": 80}


class Target(NamedTuple):
    """Where a question goes: the address to connect to, and the host it is asked of."""

    scheme: str
    host: str
    port: int
    address: str


def look_up(host: str, port: int) -> list[str]:
    """Every address of a host. OSError when it has none."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True)
class Guard:
    """`hosts` may be asked by https, `plain` also by http; `private` may have addresses inside the house."""

    hosts: frozenset[str]
    plain: frozenset[str]
    private: frozenset[str]
    resolve: Resolve = look_up

    def check(self, url: str) -> Target:
        """Where to connect for this URL. NotAllowed when we may not; OSError when the host is not found."""
        try:
            told = urlsplit(url)
            port = told.port or PORTS.get(told.scheme, 0)
        except ValueError:
            raise NotAllowed(f"url {url!r} is none") from None
        host = (told.hostname or "").lower()
        if told.scheme not in PORTS or told.username is not None:
            raise NotAllowed(f"url: only https (or http, where allowed), without a name and password in it: {url!r}")
        if host not in self.hosts | self.plain or (told.scheme == "http" and host not in self.plain):
            raise NotAllowed(f"host {host!r} may not be asked by {told.scheme}: add it to OPSMAP_FEED_HOSTS")
        found = self.resolve(host, port)
        for address in found:
            self._check_address(host, address)
        if not found:
            raise NotAllowed(f"host {host!r} has no address")
        return Target(told.scheme, host, port, found[0])

    def _check_address(self, host: str, address: str) -> None:
        """One inside address among several is enough to refuse: it could be the one that is connected to."""
        if host not in self.private and not is_public(address):
            raise NotAllowed(
                f"host {host!r} is at {address}, on this machine or a private network: add it to"
                " OPSMAP_FEED_PRIVATE_HOSTS if that is meant"
            )


def is_public(text: str) -> bool:
    """Whether an address belongs to the open network, whatever it is wrapped in."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return is_public(str(inner))
        if address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


def guard_of(settings: WorkSettings) -> Guard:
    """The guard that the settings describe."""
    told = [host.strip().lower() for host in settings.feed_hosts.split(",") if host.strip()]
    plain = frozenset(host.removeprefix("http://") for host in told if host.startswith("http://"))
    hosts = frozenset(host.removeprefix("https://") for host in told if not host.startswith("http://"))
    private = frozenset(host.strip().lower() for host in settings.feed_private_hosts.split(",") if host.strip())
    return Guard(hosts, plain, private)
