"""Where the spool lies and how long it is kept; or which cluster stands in its place."""

from pathlib import Path

from pydantic import Field, SecretStr

from layers.settings import DatabaseSettings

MIB = 1 << 20


class SpoolSettings(DatabaseSettings):
    """Environment `OPSMAP_SPOOL_…` or the TOML file. `spool_dir` is the data folder's `spool` unless told otherwise.

    `spool_keep_hours`: how long what is stored stays in the spool too; `spool_segment_mib`: the size of its files.
    `bus` (OPSMAP_BUS): nats://host:port[,…] of a NATS cluster that stands in the spool's place; `bus_replicas` of it
    hold each message, `bus_keep_hours` long, stored or not; `bus_lanes`: how many of its lanes a loader takes at most.
    """

    spool_dir: Path | None = None
    spool_keep_hours: float = 72.0
    spool_segment_mib: int = 8
    bus: SecretStr = SecretStr("")
    bus_replicas: int = Field(default=3, ge=1, le=5)
    bus_keep_hours: float = Field(default=168.0, ge=72.0)
    bus_lanes: int = Field(default=16, ge=1, le=16)

    @property
    def spool_root(self) -> Path:
        """The folder that holds one folder per writer."""
        return self.spool_dir or self.resolved_data_dir() / "spool"
