"""What no route should ever see: bodies too large, and NUL bytes that no text column can hold."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import TITLES, problem


class Guard:
    """Pure ASGI, before everything else: answers itself, or passes the request on untouched."""

    def __init__(self, app: ASGIApp, max_body_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        """`larger`: the paths whose bodies may be larger, for they are streamed to the disk."""
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] == "http":
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                refusal = problem(400, TITLES[422], "path: it holds a NUL byte; take %00 out", "path")
                await refusal(scope, receive, send)
                return
            most = self.larger.get(scope["path"], self.max_body_bytes)
            if self._announced(scope) > most:
                detail = f"body: larger than {most} bytes; send less, or load files with `opsmap load`"
                await problem(413, TITLES[413], detail, "body")(scope, receive, send)
                return
            receive = self._counted(receive, most)
        await self.app(scope, receive, send)

    @staticmethod
    def _counted(receive: Receive, most: int) -> Receive:
        """A body sent in pieces without announcing its size is cut off at the same limit."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, f"body: larger than {most} bytes; send less")
            return message

        return counted

    @staticmethod
    def _announced(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0
