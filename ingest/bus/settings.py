"""Where the spool lies and how long it is kept."""

from pathlib import Path

from layers.settings import DatabaseSettings

MIB = 1 << 20


class SpoolSettings(DatabaseSettings):
    """Environment `OPSMAP_SPOOL_…` or the TOML file. `spool_dir` is the data folder's `spool` unless told otherwise.

    `spool_keep_hours`: how long what is stored stays in the spool too; `spool_segment_mib`: the size of its files.
    """

    spool_dir: Path | None = None
    spool_keep_hours: float = 72.0
    spool_segment_mib: int = 8

    @property
    def spool_root(self) -> Path:
        """The folder that holds one folder per writer."""
        return self.spool_dir or self.resolved_data_dir() / "spool"
