"""What the worker is told: the folders departments lay files into, the feeds it asks, and whom it may ask at all."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from layers.settings import DatabaseSettings

Origin = Literal["real", "simulated", "replayed"]
SafeName = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"


class DropSettings(BaseModel):
    """A sub-folder of the drop folder: whose files are laid there, and in which form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str
    source: str = ""
    origin: Origin = "real"


class FeedSettings(BaseModel):
    """An address that is asked every `every_s` seconds.

    `url` may hold `{since}`: when we last asked and got an answer, less `overlap_s` (ISO 8601, UTC), `first_days` ago
    at first. In `headers`, `{secret:NAME}` stands for one of `secrets`. `media` is what the answer must be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    form: str
    source: str = ""
    origin: Origin = "real"
    every_s: int = Field(default=300, ge=5)
    headers: dict[str, str] = {}
    media: str = ""
    timeout_s: float = Field(default=30.0, gt=0)
    most_mib: int = Field(default=64, ge=1, le=200)
    overlap_s: int = Field(default=60, ge=0)
    first_days: int = Field(default=1, ge=0)
    tries: int = Field(default=3, ge=1, le=10)


class WorkSettings(DatabaseSettings):
    """Environment `OPSMAP_…` (tables as JSON) or the TOML file; without a folder or a feed nothing is looked at.

    `feed_hosts`: the hosts that feeds may ask, `https` only; `http://HOST` allows it without encryption.
    `feed_private_hosts`: those among them that may be on this machine or the office network. Both with commas.
    """

    drop_dir: Path | None = None
    drop: dict[str, DropSettings] = Field(default_factory=dict)
    drop_most_mib: int = Field(default=200, ge=1, le=200)
    drop_steady_s: float = 5.0
    feeds: dict[str, FeedSettings] = Field(default_factory=dict)
    feed_hosts: str = ""
    feed_private_hosts: str = ""
    secrets: dict[str, SecretStr] = Field(default_factory=dict)
