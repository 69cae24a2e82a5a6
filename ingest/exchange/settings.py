"""Where the provincial axis is, and who we are there."""

from pydantic import SecretStr

from geo.errors import BadInput
from layers.settings import DatabaseSettings


class ExchangeSettings(DatabaseSettings):
    """Environment `OPSMAP_EXCHANGE_…` or the TOML file; without an address nobody is asked.

    `exchange_senders` says who publishes what, by agency's code: `H48.01=school,tourist_site; H48.02=his`.
    """

    exchange_url: str = ""
    exchange_system: str = ""
    exchange_secret: SecretStr = SecretStr("")
    exchange_source: str = "exchange"
    exchange_origin: str = "real"
    exchange_senders: str = ""

    def may(self) -> dict[str, frozenset[str]]:
        """The layers and adapters each agency publishes to. BadInput, naming the part, for what is not CODE=NAME,…"""
        told: dict[str, frozenset[str]] = {}
        for part in filter(None, map(str.strip, self.exchange_senders.split(";"))):
            code, _, names = part.partition("=")
            told[code.strip()] = frozenset(filter(None, map(str.strip, names.split(","))))
            if not code.strip() or not told[code.strip()]:
                raise BadInput(f"exchange_senders: {part!r}: write CODE=layer,layer; …", field="exchange_senders")
        return told
