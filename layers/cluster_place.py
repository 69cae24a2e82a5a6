"""Where the private cluster lives, which system account its server runs as, and with which settings.

Apart from `cluster` so that the rules about paths, owners and memory can be read and tested without a server.
"""

from __future__ import annotations

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from geo.errors import SetupFailed

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
LOG_LIMIT_BYTES = 20_000_000
SERVER_ACCOUNT_OF_ROOT = "postgres"
APT_LINE = (
    "apt-get update && apt-get install -y --no-install-recommends python3-venv ca-certificates postgresql-15-postgis-3"
)


class ClusterError(SetupFailed):
    """The private cluster cannot be made, started or reached; the message names the fix."""


def find_programs(version: str | None = None, root: Path = Path("/usr")) -> Path:
    """Return the program folder of PostgreSQL `version`, or of the newest that has PostGIS.

    Errors: ClusterError with the line that installs it.
    """
    found = {
        programs.parent.name: programs
        for programs in root.glob("lib/postgresql/*/bin")
        if (programs / "postgres").exists() and _has_postgis(root, programs.parent.name)
    }
    wanted = [found[version]] if version in found else list(found.values()) if version is None else []
    if not wanted:
        what = f"PostgreSQL {version}" if version else "PostgreSQL"
        raise ClusterError(f"{what} with PostGIS is not installed. Run ./run again, or as root: {APT_LINE}")
    return max(wanted, key=lambda programs: int(programs.parent.name))


def tune(*, durable: bool, memory_bytes: int | None = None) -> dict[str, str]:
    """Return the server's settings for this machine's memory; modest, because others use the machine too."""
    memory_mb = (memory_bytes or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) // 2**20
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{min(max(memory_mb // 16, 64), 1024)}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 256)}MB",
        "maintenance_work_mem": f"{min(max(memory_mb // 64, 32), 256)}MB",
        "work_mem": "16MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "max_locks_per_transaction": "256",
        "jit": "off",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
    }
    unsafe = {
        "fsync": "off",
        "full_page_writes": "off",
        "shared_buffers": "64MB",
    }
    return settings if durable else settings | unsafe


@dataclass(frozen=True)
class Place:
    """The folders of one cluster and the account that owns them."""

    data_dir: Path
    socket_dir: Path
    account: pwd.struct_passwd

    @classmethod
    def at(cls, data_dir: Path) -> Place:
        """Work out the place for a data folder; touches nothing. Errors: ClusterError."""
        data_dir = Path(os.path.abspath(data_dir))
        return cls(data_dir, choose_socket_dir(data_dir, os.geteuid()), _server_account())

    @property
    def pgdata(self) -> Path:
        """The folder PostgreSQL calls PGDATA."""
        return self.data_dir / "pg"

    @property
    def socket(self) -> Path:
        """The socket file clients connect to."""
        return self.socket_dir / SOCKET_NAME

    @property
    def log_path(self) -> Path:
        """Where the server's own messages go."""
        return self.data_dir / "logs" / "postgres.log"

    def prepare(self) -> None:
        """Make the folders with the right owners. Errors: ClusterError if the server may not enter."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.make_private(self.socket_dir)
        shut = [folder for folder in (self.data_dir, *self.data_dir.parents) if not self._may_enter(folder)]
        if shut:
            raise ClusterError(
                f"{shut[-1]} is closed to user {self.account.pw_name}, who runs PostgreSQL for root: "
                "set OPSMAP_DATA_DIR to a folder outside it"
            )

    def make_private(self, folder: Path) -> None:
        """Make `folder` for the server's account alone (0700). Errors: ClusterError if it is another's."""
        folder.mkdir(parents=True, exist_ok=True)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid not in (0, os.geteuid(), self.account.pw_uid):
            raise ClusterError(f"{folder} belongs to another user: remove it, or set OPSMAP_DATA_DIR")
        folder.chmod(0o700)
        self._give(folder)

    def write_private(self, name: str, text: str) -> None:
        """Write one of PostgreSQL's configuration files."""
        path = self.pgdata / name
        path.write_text(text, encoding="utf-8")
        self._give(path)

    def as_server_account(self, command: list[str]) -> list[str]:
        """Wrap a command so that it runs as the server's account and ends (fast shutdown) when we die."""
        change: list[str] = []
        if os.geteuid() == 0:
            change = [f"--reuid={self.account.pw_uid}", f"--regid={self.account.pw_gid}", "--init-groups"]
        return ["setpriv", *change, "--pdeathsig", "INT", "--", *command]

    def environment(self) -> dict[str, str]:
        """Return the server's whole environment; HOME is its own, since root's is closed to it."""
        return {"HOME": str(self.data_dir), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def admitted_accounts(self) -> list[str]:
        """Return the system accounts that may sign in: whoever runs the program, and root."""
        runner = pwd.getpwuid(os.geteuid()).pw_name
        return list(dict.fromkeys([runner, "root", self.account.pw_name]))

    def find_running_pid(self) -> int | None:
        """Return the process that serves this folder, if `postmaster.pid` names a live one that does."""
        try:
            pid = int((self.pgdata / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
            return pid if os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(self.pgdata) else None
        except (OSError, ValueError):
            return None

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _may_enter(self, folder: Path) -> bool:
        found = folder.stat()
        return bool(found.st_mode & 0o001) or found.st_uid == self.account.pw_uid or os.geteuid() != 0


def choose_socket_dir(data_dir: Path, uid: int) -> Path:
    """Return a folder short enough for a Unix socket: inside `data_dir`, or a hash-named stand-in."""
    inside = data_dir / "socket"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return inside
    if uid == 0:
        return Path(f"/run/opsmap-{_short_hash(data_dir)}")
    return Path(f"/tmp/opsmap-{uid}-{_short_hash(data_dir)}")  # noqa: S108 - owner and mode are checked


def open_log(path: Path) -> IO[bytes]:
    """Open a log file for a child process to append to; one that has grown too long is set aside first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def read_tail(path: Path, lines: int = 12) -> str:
    """Return the last lines of a log file, for an error message."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _has_postgis(root: Path, version: str) -> bool:
    return (root / "share/postgresql" / version / "extension/postgis.control").exists()


def _server_account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_ACCOUNT_OF_ROOT)
    except KeyError:
        raise ClusterError(f"PostgreSQL is not installed. Run ./run again, or as root: {APT_LINE}") from None
