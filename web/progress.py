"""The page that answers the port while the program is being installed and started.

Run by the system's Python before any package exists, so it uses the standard library alone and imports
nothing of ours: `python3 web/progress.py HOST PORT STATE_FILE WATCHED_PID` prints its process id once it
listens. The steps are lines of the state file, written by `run` and by `web.supervise`:
time (Unix seconds), state (begin, done, fail), Vietnamese, English; separated by tabs.

The port is shared (SO_REUSEPORT) so that the real server can listen before this one stops: at no moment
is a connection refused.
"""

from __future__ import annotations

import html
import json
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Đang khởi động · Bản đồ điều hành Quảng Ngãi</title><style>
body {{ margin: 0; background: #0b1c2c; color: #e8eef4; font: 1.05rem/1.5 system-ui, sans-serif; }}
main {{ max-width: 42rem; margin: 12vh auto; padding: 0 1.5rem; }}
h1 {{ font-size: 1.6rem; margin: 0 0 .2rem; }} p {{ color: #a9bccd; margin: 0 0 1.6rem; }}
ol {{ list-style: none; margin: 0; padding: 0; }}
li {{ display: grid; grid-template-columns: 2rem 1fr auto; padding: .55rem 0; }}
li + li {{ border-top: 1px solid #26384a; }}
li small {{ display: block; color: #a9bccd; }} time {{ color: #a9bccd; font-variant-numeric: tabular-nums; }}
.begin b {{ color: #f0e442; }} .done b {{ color: #4fd0a5; }} .fail b, .fail strong {{ color: #ff9d6f; }}
</style></head><body><main><h1>Bản đồ điều hành Quảng Ngãi đang khởi động</h1>
<p>Trang này tự chuyển sang bản đồ khi xong.
<span lang="en">Starting; the map opens here by itself.</span></p>
<ol>{steps}</ol></main></body></html>
"""
MARKS = {"begin": "…", "done": "✓", "fail": "✕"}


@dataclass(frozen=True)
class Step:
    """One line of the list: what, in which state, since when and for how long (seconds)."""

    state: str
    vi: str
    en: str
    began: float
    seconds: float


def record(state_file: Path, state: str, vi: str, en: str) -> None:
    """Append one event to the state file; a folder that went away is not worth failing a start."""
    try:
        with state_file.open("a", encoding="utf-8") as out:
            out.write(f"{time.time():.1f}\t{state}\t{vi}\t{en}\n")
    except OSError:
        return


def read_steps(state_file: Path, now: float) -> list[Step]:
    """Read the steps so far, in order; a step that ended replaces its beginning."""
    steps: dict[str, Step] = {}
    try:
        lines = state_file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        parts = line.split("\t")
        if len(parts) == 4 and parts[0].replace(".", "", 1).isdigit():
            at, state, vi, en = float(parts[0]), *parts[1:]
            began = steps[vi].began if vi in steps and state != "begin" else at
            steps[vi] = Step(state, vi, en, began, (now if state == "begin" else at) - began)
    return list(steps.values())


def open_listener(host: str, port: int, *, joining: bool = False) -> socket.socket:
    """Listen on host and port so that a later server of the same user may listen too.

    Unless `joining` one that is known to be ours, a port somebody else listens on is refused: OSError.
    """
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    if not joining:
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    listener.listen(128)
    return listener


class ProgressServer(ThreadingHTTPServer):
    """Serves the page from an open socket until told to stop or until the watched process is gone."""

    daemon_threads = False

    def __init__(self, listener: socket.socket, state_file: Path, watched_pid: int) -> None:
        super().__init__(listener.getsockname()[:2], ProgressHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.state_file = state_file
        self.watched_pid = watched_pid

    def service_actions(self) -> None:
        """Stop when nobody is starting anything any more."""
        if not Path(f"/proc/{self.watched_pid}").exists():
            threading.Thread(target=self.shutdown).start()

    def drain(self) -> None:
        """Answer whoever is still in the queue, so that the hand-over breaks no connection."""
        self.socket.setblocking(False)
        while True:
            try:
                request, client = self.socket.accept()
            except OSError:
                break
            request.setblocking(True)
            self.process_request(request, client)
        self.server_close()


class ProgressHandler(BaseHTTPRequestHandler):
    """Pages for people, 503 with the step's name for programs."""

    server: ProgressServer
    timeout = 5

    def do_GET(self) -> None:
        """Answer any path."""
        steps = read_steps(self.server.state_file, time.time())
        if self.path == "/healthz":
            self._send(200, "application/json", json.dumps({"status": "starting"}))
        elif self.path == "/readyz":
            now = steps[-1].en if steps else "starting"
            self._send(503, "application/json", json.dumps({"status": "starting", "step": now}))
        elif self.path.startswith(("/api", "/tiles", "/style", "/live")):
            problem = {"type": "about:blank", "title": "Đang khởi động", "status": 503, "detail": "Starting."}
            self._send(503, "application/problem+json", json.dumps(problem, ensure_ascii=False))
        else:
            self._send(503, "text/html; charset=utf-8", render(steps))

    do_HEAD = do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the terminal belongs to the steps."""

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "2")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def render(steps: list[Step]) -> str:
    """Write the page."""
    rows = (
        f'<li class="{step.state}"><b>{MARKS.get(step.state, "·")}</b>'
        f'<span><strong>{html.escape(step.vi)}</strong><small lang="en">{html.escape(step.en)}</small></span>'
        f"<time>{step.seconds:.0f} giây</time></li>"
        for step in steps
    )
    return PAGE.format(steps="".join(rows))


def serve(listener: socket.socket, state_file: Path, watched_pid: int) -> None:
    """Answer until SIGTERM, or until the watched process is gone."""
    server = ProgressServer(listener, state_file, watched_pid)

    def stop(_signal: int, _frame: object) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    server.serve_forever(poll_interval=0.2)
    server.drain()


def start(host: str, port: int, state_file: Path, watched_pid: int) -> int:
    """Start the page in a process of its own and return its id once it listens. Errors: OSError."""
    listener = open_listener(host, port)
    child = os.fork()
    if child:
        listener.close()
        return child
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    try:
        serve(listener, state_file, watched_pid)
    finally:
        os._exit(0)


def main(arguments: list[str]) -> int:
    """Run as a script: HOST PORT STATE_FILE WATCHED_PID."""
    host, port, state_file, watched_pid = arguments
    try:
        child = start(host, int(port), Path(state_file), int(watched_pid))
    except (OSError, ValueError, OverflowError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{child}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
