"""One open map. What waits for it is bounded: a client that cannot follow gets a fresh snapshot instead."""

import asyncio
from collections.abc import Sequence

from layers.access.roles import Role

MOST_WAITING = 16
"""Messages that may wait; they are shared bytes, so a waiting message costs a pointer."""


class Client:
    """The queue of one connection: offered by the hub, taken by the socket's sender.

    `wall`: a screen of the wall, which hears what the wall is told. `turn` counts the changes of its mode.
    """

    def __init__(self, mode: str, role: Role = Role.GUEST, wall: bool = False) -> None:
        self.mode = mode
        self.role = role
        self.wall = wall
        self.turn = 0
        self.behind = True
        self.dropped = 0
        self._waiting: list[bytes | str] = []
        self._bell = asyncio.Event()
        self._bell.set()

    def offer(self, messages: Sequence[bytes | str]) -> None:
        """Add messages, or fall behind when too many wait already."""
        if self.behind:
            return
        if len(self._waiting) + len(messages) > MOST_WAITING:
            self.dropped += len(self._waiting)
            self._waiting.clear()
            self.behind = True
        else:
            self._waiting.extend(messages)
        self._bell.set()

    def turn_to(self, mode: str) -> None:
        """Another mode from this moment: what waited under the former one is never sent."""
        if mode == self.mode:
            return
        self.mode = mode
        self.turn += 1
        self._waiting.clear()
        self.behind = True
        self._bell.set()

    async def take(self) -> tuple[bool, list[bytes | str]]:
        """Wait for news: (a snapshot is due, the messages that wait)."""
        await self._bell.wait()
        self._bell.clear()
        due, self.behind = self.behind, False
        messages, self._waiting = self._waiting, []
        return due, messages
