"""A serial line: a receiver on a cable, opened again when it was pulled out."""

import asyncio
import random
from collections.abc import Callable
from typing import NamedTuple

import serial

from geo.errors import BadInput
from ingest.net.intake import Peer
from ingest.net.pause import pause_s
from ingest.net.receiver import Door, Patience

BAUD = 38_400
CHUNK = 4096


class Line(NamedTuple):
    """A device and its speed; always 8 bits, no parity, 1 stop bit."""

    device: str
    baud: int = BAUD


def read_line(text: str, field: str) -> Line:
    """`DEVICE[:BAUD]`, as `/dev/ttyUSB0:38400`. BadInput names `field`."""
    device, colon, baud = text.strip().rpartition(":")
    if colon and baud.isascii() and baud.isdigit() and int(baud) > 0 and device:
        return Line(device, int(baud))
    if not text.strip() or colon:
        raise BadInput(f"{field} {text!r}: write DEVICE or DEVICE:BAUD, as /dev/ttyUSB0:38400", field=field)
    return Line(text.strip())


class SerialSocket:
    """Reads one line for as long as it is there, and waits for it while it is not."""

    def __init__(
        self, line: Line, patience: Patience | None = None, jitter: Callable[[], float] = random.random
    ) -> None:
        self.label = f"serial {line.device}:{line.baud}"
        self._line, self._patience, self._jitter = line, patience or Patience(), jitter

    async def run(self, door: Door) -> None:
        """Open, read, and again after a pause that grows while it cannot be opened."""
        failures = 0
        while True:
            heard, reason = await self._once(door)
            failures = 0 if heard else failures + 1
            pause = pause_s(failures, self._patience, self._jitter)
            door.say(f"{self.label}: {reason}; opened again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _once(self, door: Door) -> tuple[bool, str]:
        try:
            port = serial.Serial(self._line.device, self._line.baud, timeout=0, exclusive=True)
        except (OSError, ValueError) as error:
            return False, f"cannot be opened ({error})"
        door.say(f"{self.label}: open")
        peer = Peer(self.label)
        try:
            return await self._read(port, peer, door)
        finally:
            door.leave(peer)
            port.close()

    async def _read(self, port: serial.Serial, peer: Peer, door: Door) -> tuple[bool, str]:
        heard, silent_s, unbroken = False, 0.0, 0
        while True:
            try:
                if not await _readable(port.fileno(), self._patience.silent_s):
                    silent_s += self._patience.silent_s
                    door.say(f"{self.label}: open but silent for {silent_s:.0f} s")
                    continue
                data = port.read(CHUNK)
            except OSError as error:  # pyserial's own errors are of this kind
                return heard, f"broken off ({error})"
            if not data:
                return heard, "the device has gone"
            heard, silent_s = True, 0.0
            await door.put(peer, data)
            unbroken = 0 if b"\n" in data else unbroken + len(data)
            if unbroken > self._patience.unbroken_bytes:
                return False, f"{unbroken} bytes without a line end: is the speed right?"
            if peer.refused:
                return False, f"{peer.refused}: is the speed right?"

    def close(self) -> None:
        """Nothing is held while it is not open."""

    def lost(self) -> int:
        """Nobody can count what a cable loses."""
        return 0


async def _readable(descriptor: int, within_s: float) -> bool:
    """Whether something can be read (or the other side has gone) within that time."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        async with asyncio.timeout(within_s):
            await ready.wait()
        return True
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(descriptor)
