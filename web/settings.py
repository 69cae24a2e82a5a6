"""What the door is told: where to listen and how much to keep."""

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from layers.settings import DatabaseSettings


class WebSettings(DatabaseSettings):
    """Environment `OPSMAP_…`; `HOST` and `PORT` of ./run arrive as OPSMAP_HOST and OPSMAP_PORT.

    `ais_tcp`, `ais_listen`, `ais_udp`, `ais_mqtt` and `ais_serial` are what `opsmap ingest ais` is told, several with
    commas between them; `up` then listens to them as the source `ais_source`. None is set: nothing is listened to.
    `sms_url` and `zalo_url` are gateways for notices, off unless set; of what is simulated nothing is sent, unless
    `notify_simulated`. `report_key` encrypts citizens' contacts (unset: a file of the data folder); an address sends
    `reports_per_minute` reports at most.
    """

    model_config = SettingsConfigDict(coerce_numbers_to_str=True)

    host: str = "127.0.0.1"
    port: int = 8000
    tile_cache_mb: int = 64
    tile_connections: int = 4
    session_cookie: str = "opsmap_session"
    silent_after_s: float = 6.0
    max_body_bytes: int = 1_000_000
    demo: bool = True
    ais_tcp: str = ""
    ais_listen: str = ""
    ais_udp: str = ""
    ais_mqtt: str = ""
    ais_serial: str = ""
    ais_source: str = "ais"
    sms_url: str = ""
    sms_key: SecretStr = SecretStr("")
    zalo_url: str = ""
    zalo_key: SecretStr = SecretStr("")
    notify_simulated: bool = False
    report_key: SecretStr = SecretStr("")
    reports_per_minute: int = 10
    mqtt_user: str = ""
    mqtt_password: SecretStr = SecretStr("")
