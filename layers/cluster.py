"""The private PostgreSQL cluster: made, started, attached to and stopped here and nowhere else.

The program brings its own server so that a first start needs no database administrator. The server
listens on a Unix socket only and lets in the one system account that runs the program (and root).
PostgreSQL refuses to run as root: for root it runs as `postgres`. It stays in the foreground as our
child, so a crash is seen and the dead process is reaped.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from layers.cluster_place import ClusterError, Place, find_programs, open_log, read_tail, tune
from layers.cluster_turn import Turn

USER = "opsmap"
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Cluster:
    """One PostgreSQL data folder and the server that runs over it.

    `durable=False` trades safety against power loss for speed: tests only.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.place = Place.at(data_dir)
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, dbname: str = USER) -> str:
        """Return the address in SQLAlchemy's form."""
        return f"postgresql+psycopg://{USER}@/{quote(dbname)}?host={quote(str(self.place.socket_dir), safe='')}"

    def conninfo(self, dbname: str = USER) -> str:
        """Return the address in psycopg's form."""
        return make_conninfo(host=str(self.place.socket_dir), user=USER, dbname=dbname)

    @contextmanager
    def running(self, *, own: bool = False) -> Iterator[Cluster]:
        """Attach to the running server, or start it for the time of this block.

        `own=True` is for the supervisor: it must be the one that starts the server, and it stops it
        without waiting for commands that are still attached. Errors: ClusterError.
        """
        self.place.prepare()
        with Turn(self.place.data_dir).taken(own=own, answers=self.answers) as leader:
            if not leader:
                yield self
                return
            try:
                self.start()
                yield self
            finally:
                leader.wait_for_guests(patient=not own)
                self.stop()

    def start(self) -> None:
        """Make the cluster when there is none and run its server until it answers.

        A server left running by a dead owner is kept. A stale `postmaster.pid` is retried, because the
        process it names may not be reaped yet. Errors: ClusterError with the log's last lines.
        """
        if self.answers():
            return
        self.initialise()
        self._write_access_rules()
        deadline = time.monotonic() + START_SECONDS
        while not self._start_once(deadline):
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"PostgreSQL did not start in {self.place.pgdata}:\n{read_tail(self.place.log_path)}"
                )
            time.sleep(0.5)

    def stop(self) -> None:
        """Shut the server down: fast first, then at once, at last by force. Does nothing when it is down."""
        for name in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            pid = self._server_pid()
            if pid is None:
                break
            os.kill(pid, name)
            self._wait_until_gone(pid)
        self._process = None

    def delete(self) -> None:
        """Delete every database here for good; nothing else in the data folder. Errors: ClusterError while in use."""
        with Turn(self.place.data_dir).taken(own=True, answers=self.answers):
            self.stop()
            shutil.rmtree(self.place.pgdata, ignore_errors=True)

    def answers(self) -> bool:
        """Tell whether a server accepts connections on our socket."""
        if not self.place.socket.exists():
            return False
        try:
            with psycopg.connect(self.conninfo("postgres"), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def alive(self) -> bool:
        """Tell whether the server process exists, answering or not; reaps it when it has died."""
        return self._server_pid() is not None

    def initialise(self) -> None:
        """Run initdb when there is no cluster yet; a half-made one from a killed start is thrown away."""
        if (self.place.pgdata / "PG_VERSION").exists():
            return
        fresh = self.place.pgdata.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.place.make_private(fresh)
        command = [str(find_programs() / "initdb"), "-D", str(fresh), "-A", "peer", "-U", USER]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
        command += [] if self.durable else ["--no-sync"]
        done = subprocess.run(  # noqa: S603 - a fixed program with our own paths
            self.place.as_server_account(command), cwd="/", env=self.place.environment(), capture_output=True
        )
        if done.returncode:
            raise ClusterError(f"initdb failed in {fresh}: {done.stderr.decode(errors='replace').strip()}")
        fresh.rename(self.place.pgdata)

    def ensure_database(self, name: str, template: str | None = None) -> bool:
        """Create database `name`, as a copy of `template` if one is named; tell whether it was created."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found:
                return False
            # files are copied as they are: a quarter of the time that writing every page to the log takes
            how = sql.SQL("TEMPLATE {} STRATEGY file_copy")
            copy = how.format(sql.Identifier(template)) if template else sql.SQL("")
            statement = sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), copy)
            try:
                connection.execute(statement)
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                return False
            return True

    def drop_database(self, name: str) -> None:
        """Drop database `name` if it exists, ending its sessions."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(statement)

    def _start_once(self, deadline: float) -> bool:
        """Run the server once; True when it answers, False when it exited or was too slow."""
        with open_log(self.place.log_path) as log:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed program with our own paths
                self.place.as_server_account(self._server_command()),
                cwd=self.place.pgdata,
                env=self.place.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while self._process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.05)
        return False

    def _server_command(self) -> list[str]:
        version = (self.place.pgdata / "PG_VERSION").read_text(encoding="ascii").strip()
        command = [str(find_programs(version) / "postgres"), "-D", str(self.place.pgdata)]
        settings = {"unix_socket_directories": str(self.place.socket_dir), **tune(durable=self.durable)}
        return command + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _write_access_rules(self) -> None:
        self.place.write_private("pg_hba.conf", f"local all {USER} peer map={USER}\n")
        names = self.place.admitted_accounts()
        self.place.write_private("pg_ident.conf", "".join(f'{USER} "{name}" {USER}\n' for name in names))

    def _server_pid(self) -> int | None:
        """Return the server's process id, or None; reaps our own child on the way."""
        if self._process is not None:
            return self._process.pid if self._process.poll() is None else None
        return self.place.find_running_pid()

    def _wait_until_gone(self, pid: int) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self._server_pid() == pid and time.monotonic() < deadline:
            time.sleep(0.02)
