"""Which bus: the spool of this machine, or the cluster that OPSMAP_BUS names; whoever publishes or loads asks here."""

from datetime import timedelta
from pathlib import Path

from geo.errors import BadInput
from ingest.bus.bus import Consumer, Publisher
from ingest.bus.jet_consumer import JetConsumer
from ingest.bus.jet_publisher import JetPublisher
from ingest.bus.link import BusPlan, Say
from ingest.bus.reader import SpoolConsumer
from ingest.bus.settings import SpoolSettings
from ingest.bus.spool import open_spool

SCHEMES = ("nats://", "tls://")


def bus_plan(settings: SpoolSettings) -> BusPlan | None:
    """The cluster the settings name, None for the spool. BadInput for an address that is none."""
    servers = [text.strip() for text in settings.bus.get_secret_value().split(",") if text.strip()]
    if not servers:
        return None
    if not all(server.startswith(SCHEMES) for server in servers):
        raise BadInput("OPSMAP_BUS: write nats://host:port (or tls://…), several with commas between", field="bus")
    return BusPlan(servers, settings.bus_replicas, timedelta(hours=settings.bus_keep_hours))


def open_publisher(settings: SpoolSettings, name: str, say: Say) -> Publisher:
    """The publishing end for a process of that name."""
    plan = bus_plan(settings)
    return open_spool(settings, name, say) if plan is None else JetPublisher(plan, name, say)


def open_consumer(settings: SpoolSettings, say: Say, only: Path | None = None) -> Consumer:
    """The loading end; `only` limits it to one folder of the spool."""
    plan = bus_plan(settings)
    if plan is not None:
        return JetConsumer(plan, settings.bus_lanes, say)
    settings.spool_root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SpoolConsumer(settings.spool_root, timedelta(hours=settings.spool_keep_hours), only, say)
