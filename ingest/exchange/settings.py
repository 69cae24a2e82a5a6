"""Where the provincial axis is, and who we are there."""

from pydantic import SecretStr

from layers.settings import DatabaseSettings


class ExchangeSettings(DatabaseSettings):
    """Environment `OPSMAP_EXCHANGE_…` or the TOML file; without an address nobody is asked."""

    exchange_url: str = ""
    exchange_system: str = ""
    exchange_secret: SecretStr = SecretStr("")
    exchange_source: str = "exchange"
    exchange_origin: str = "real"
