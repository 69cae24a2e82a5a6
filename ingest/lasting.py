"""A connection that outlasts the database: when the server has gone and come back, there is a new one."""

from collections.abc import Callable

import psycopg

Open = Callable[[], psycopg.Connection]


class LastingConnection:
    """`current` is the connection to use (autocommit outside transactions); making it needs the database at once."""

    def __init__(self, open_connection: Open) -> None:
        self._open = open_connection
        self.current = open_connection()

    def renew(self) -> bool:
        """Open a new connection if `current` was lost; whether it is new. Raises while the database is away."""
        if not self.current.closed:
            return False
        self.current = self._open()
        return True

    def close(self) -> None:
        """Let go."""
        self.current.close()
