"""How often one address may ask: a window of a minute in this process, for doors that need no account."""

from collections import deque
from datetime import datetime, timedelta

from cachetools import LRUCache
from starlette.requests import HTTPConnection

from geo.errors import TooMany

WINDOW = timedelta(minutes=1)
MOST_ADDRESSES = 10_000


class Rates:
    """The moments of the last minute per address and door; the longest unseen address is forgotten first."""

    def __init__(self) -> None:
        self._seen: LRUCache[tuple[str, str], deque[datetime]] = LRUCache(MOST_ADDRESSES)

    def count(self, connection: HTTPConnection, door: str, most: int, now: datetime) -> None:
        """Count one request; TooMany when the address has had `most` within a minute."""
        key = (connection.client.host if connection.client else "", door)
        moments = self._seen.setdefault(key, deque(maxlen=most))
        while moments and moments[0] <= now - WINDOW:
            moments.popleft()
        if len(moments) >= most:
            raise TooMany(f"rate: {most} a minute from one address; wait a minute", field="rate")
        moments.append(now)
