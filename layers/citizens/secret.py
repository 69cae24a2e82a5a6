"""Name and telephone of who told it: encrypted in the database by a key that the database does not hold (ADR 0032)."""

import os
import secrets
from pathlib import Path

import orjson
from sqlalchemy import Connection, bindparam, cast, func, select
from sqlalchemy.types import LargeBinary, String

KEY_FILE = "report-contacts.key"


def read_key(folder: Path, given: str = "") -> str:
    """The key from the settings, else of the file in the data folder, made at first need for its owner only."""
    if given:
        return given
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    """Write whole, then give it its name: of two who start at once the first one's key stays."""
    fresh = path.with_suffix(f".{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def lock_contact(connection: Connection, contact: dict[str, str], key: str) -> bytes | None:
    """The contact encrypted (OpenPGP, AES-256); None when nothing was told."""
    if not contact:
        return None
    options = "cipher-algo=aes256, compress-algo=0"
    locked = func.pgp_sym_encrypt(
        cast(bindparam("told"), String), cast(bindparam("key"), String), options, type_=LargeBinary
    )
    return connection.scalar(select(locked), {"told": orjson.dumps(contact).decode(), "key": key})


def open_contact(connection: Connection, locked: bytes | None, key: str) -> dict[str, str]:
    """The contact again; empty when there is none."""
    if locked is None:
        return {}
    opened = func.pgp_sym_decrypt(cast(bindparam("locked"), LargeBinary), cast(bindparam("key"), String), type_=String)
    told = connection.scalar(select(opened), {"locked": locked, "key": key})
    return dict(orjson.loads(told or "{}"))
