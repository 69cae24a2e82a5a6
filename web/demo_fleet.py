"""The simulated fleet as it sends: asked for in chunks, up to the moment it is asked."""

from datetime import datetime, timedelta

from fixtures import feed as raw_feed
from fixtures.fleet import boats
from fixtures.make import HISTORY_FOR
from geo.clock import Clock

AIS_EVERY = timedelta(seconds=0.5)
VMS_EVERY = timedelta(seconds=5)


class LiveFleet:
    """What the simulated boats send, asked for in chunks: AIS at once, VMS every few seconds."""

    def __init__(self, clock: Clock, since: datetime) -> None:
        self._clock = clock
        self._ais_since = self._vms_since = max(since, clock() - HISTORY_FOR)
        self._header_sent = False

    @property
    def sent_until(self) -> datetime:
        """Up to when everything has been asked for."""
        return min(self._ais_since, self._vms_since)

    def ais(self) -> list[bytes]:
        """The sentences since the last call."""
        since, now = self._ais_since, self._clock()
        if now - since < AIS_EVERY:
            return []
        self._ais_since = now
        return list(raw_feed.ais_lines(boats(), since, now))

    def vms(self) -> list[bytes]:
        """The rows received since the last call; the header line only once."""
        since, now = self._vms_since, self._clock()
        if now - since < VMS_EVERY:
            return []
        self._vms_since = now
        rows = raw_feed.vms_csv(boats(), since, now).splitlines()
        kept = rows[1:] if self._header_sent else rows
        self._header_sent = True
        return kept
