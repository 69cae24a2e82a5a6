"""What the door is told: where to listen and how much to keep."""

from layers.settings import DatabaseSettings


class WebSettings(DatabaseSettings):
    """Environment `OPSMAP_…`; `HOST` and `PORT` of ./run arrive as OPSMAP_HOST and OPSMAP_PORT."""

    host: str = "127.0.0.1"
    port: int = 8000
    tile_cache_mb: int = 64
    tile_connections: int = 4
    session_cookie: str = "opsmap_session"
    silent_after_s: float = 6.0
    max_body_bytes: int = 1_000_000
    demo: bool = True
