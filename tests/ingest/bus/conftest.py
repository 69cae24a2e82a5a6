"""Three of Debian's nats-server on loopback, as a cluster of their own that tests may kill."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import nats
import pytest
from nats.js.errors import NotFoundError

from ingest.bus.link import DEAD_STREAM, STREAM, BusPlan

NODES = 3
CONFIG = """
server_name: n{number}
listen: 127.0.0.1:{port}
jetstream {{ store_dir: "{folder}", max_mem: 64MB, max_file: 256MB }}
cluster {{ name: test, listen: 127.0.0.1:{route}, routes: [{routes}] }}
"""


class Cluster:
    """The servers; `plan` is how the product is told of them."""

    def __init__(self, folder: Path) -> None:
        server = shutil.which("nats-server") or "/usr/sbin/nats-server"
        assert Path(server).exists(), "nats-server is missing: ./run test installs it (apt-get install nats-server)"
        ports = free_ports(2 * NODES)
        self.ports, routes = ports[:NODES], ports[NODES:]
        known = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
        self._commands: list[list[str]] = []
        self.nodes: list[subprocess.Popen[bytes] | None] = []
        for number, (port, route) in enumerate(zip(self.ports, routes, strict=True)):
            (home := folder / f"n{number}").mkdir()
            file = home / "server.conf"
            file.write_text(CONFIG.format(number=number, port=port, folder=home, route=route, routes=known))
            self._commands.append([server, "-c", str(file), "-l", str(home / "log")])
            self.nodes.append(None)
        for number in range(NODES):
            self.start(number)

    @property
    def plan(self) -> BusPlan:
        return BusPlan([f"nats://127.0.0.1:{port}" for port in self.ports], NODES, timedelta(hours=72))

    def start(self, number: int) -> None:
        self.nodes[number] = subprocess.Popen(self._commands[number], stdout=subprocess.DEVNULL)

    def kill(self, number: int) -> None:
        node = self.nodes[number]
        assert node is not None
        node.kill()
        node.wait()

    def leader(self) -> int:
        """The node that leads the stream of records, once one does."""
        deadline = time.monotonic() + 60
        while (found := asyncio.run(self._leader())) is None:
            assert time.monotonic() < deadline, "no leader is chosen"
            time.sleep(0.1)
        return found

    async def empty(self) -> None:
        """Forget every record."""
        client = await nats.connect(self.plan.servers)
        stream = client.jetstream(timeout=10)
        for name in (STREAM, DEAD_STREAM):
            with suppress(NotFoundError):
                await stream.purge_stream(name)
        await client.close()

    async def _leader(self) -> int | None:
        client = await nats.connect([f"nats://127.0.0.1:{port}" for port in self.ports])
        try:
            info = await client.jetstream(timeout=2).stream_info(STREAM)
        except nats.errors.Error:
            return None
        finally:
            await client.close()
        return int(info.cluster.leader[1:]) if info.cluster and info.cluster.leader else None

    def wait_ready(self) -> None:
        """Until the cluster has chosen who leads it."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if asyncio.run(self._answers()):
                return
            time.sleep(0.1)
        raise AssertionError("the cluster does not come up")

    async def _answers(self) -> bool:
        try:
            client = await nats.connect(f"nats://127.0.0.1:{self.ports[0]}", allow_reconnect=False)
            await client.jetstream(timeout=1).account_info()
            await client.close()
        except (OSError, nats.errors.Error):
            return False
        return True

    def close(self) -> None:
        for node in self.nodes:
            if node is not None:
                node.kill()
                node.wait()


def free_ports(count: int) -> list[int]:
    """Ports nobody listens at."""
    found = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in found]
    for each in found:
        each.close()
    return ports


@pytest.fixture(scope="session")
def running_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("nats"))
    try:
        cluster.wait_ready()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def nats_cluster(running_nats: Cluster) -> Cluster:
    """The cluster, with nothing in it of the test before."""
    asyncio.run(running_nats.empty())
    return running_nats
