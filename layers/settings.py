"""Where the database is. Created by the command line or `create_app`, never at import."""

import hashlib
import os
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CHECKOUT = Path(__file__).resolve().parent.parent


class DatabaseSettings(BaseSettings):
    """Environment `OPSMAP_…` or a TOML file; an own database replaces the private cluster."""

    model_config = SettingsConfigDict(env_prefix="OPSMAP_", extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in code, then the environment, then the file named by OPSMAP_SETTINGS (opsmap.toml)."""
        file = Path(os.environ.get("OPSMAP_SETTINGS", CHECKOUT / "opsmap.toml"))
        return (named["init_settings"], named["env_settings"], TomlConfigSettingsSource(settings_cls, file))

    database_url: SecretStr | None = None
    data_dir: Path | None = None

    def resolved_data_dir(self) -> Path:
        """The folder that holds the private cluster, logs and demonstration files."""
        if self.data_dir is not None:
            return self.data_dir
        if os.geteuid() == 0:
            digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
            return Path("/var/lib/opsmap") / digest
        return CHECKOUT / ".opsmap"
