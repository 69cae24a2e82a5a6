"""Rows of a contract of ours, as JSON: `{"contract": NAME, "rows": [{…}, …]}`, each taken or refused by itself.

Of a row only the fields that its contract names are read; whatever else it holds is dropped before anything is stored,
and counted. What stays in the raw store is `tell` of what was read, never the file as it came.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from geo.errors import BadInput
from ingest.outcome import Fault, Reject

MOST = 16_000_000
MOST_TEXT = 200
LEAST_NONCE = 16


@dataclass(frozen=True)
class Contract:
    """A name, and the fields of a row with how each is read: ValueError says what is wrong with one.

    `secret`: the rows are not for everybody who may see the hash of the file, so the file must hold a `nonce`, random
    letters without which small files could be guessed until their hash fits.
    """

    name: str
    fields: Mapping[str, Callable[[Any], Any]]
    secret: bool = False

    def is_told_by(self, head: bytes) -> bool:
        """Whether a file says it is of this contract."""
        return f'"{self.name}"'.encode() in head[:400] and head.lstrip().startswith(b"{")


@dataclass
class Listed:
    """The rows of a file that could be read, by number from 1; those refused; and what was left out, by its name."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    nonce: str | None = None

    def refuse(self, number: int, fault: Fault) -> None:
        """Refuse a row by its number and field, never with its words: they are not ours to keep."""
        self.rows.pop(number, None)
        where = f"row {number}" + (f", {fault.field}" if fault.field else "")
        raw = f"[withheld: {where}]".encode()
        self.rejects.append(Reject("bad_row", f"{where}: {fault.en}", raw, number, faults=(fault,)))


def list_rows(path: Path, contract: Contract) -> Listed:
    """The rows of a file. BadInput when it is not of the contract as a whole."""
    if path.stat().st_size > MOST:
        raise BadInput(f"more than {MOST:,} bytes in one file: send it in parts")
    try:
        told = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        raise BadInput("not readable as JSON") from None
    rows = told.get("rows") if isinstance(told, dict) else None
    if not isinstance(rows, list) or told.get("contract") != contract.name:
        raise BadInput(f"rows: give a list of objects under the contract {contract.name}", field="rows")
    found = Listed(nonce=_nonce(told) if contract.secret else None)
    for number, row in enumerate(rows, 1):
        _take(found, number, row, contract)
    return found


def _nonce(told: dict[str, Any]) -> str:
    nonce = told.get("nonce")
    if not isinstance(nonce, str) or not LEAST_NONCE <= len(nonce) <= MOST_TEXT:
        raise BadInput(f"nonce: {LEAST_NONCE} random letters or more, new in every file", field="nonce")
    return nonce


def _take(found: Listed, number: int, row: Any, contract: Contract) -> None:
    if not isinstance(row, dict):
        found.refuse(number, Fault(None, "not an object", "không phải một dòng số liệu"))
        return
    found.dropped.update(sorted(set(row) - set(contract.fields))[:50])
    kept: dict[str, Any] = {}
    for name, read in contract.fields.items():
        try:
            kept[name] = read(row.get(name))
        except (ValueError, TypeError) as error:
            found.refuse(number, Fault(name, str(error), f"không đúng hợp đồng dữ liệu ({error})"))
            return
    found.rows[number] = kept


def tell_rows(contract: Contract, listed: Listed, path: Path) -> Path:
    """Write what was read, as the same contract."""
    head = {"contract": contract.name} | ({"nonce": listed.nonce} if contract.secret else {})
    path.write_bytes(orjson.dumps(head | {"rows": list(listed.rows.values())}))
    return path


def a_day(told: Any) -> date:
    """A day as yyyy-MM-dd."""
    if not isinstance(told, str):
        raise ValueError("a day is written yyyy-MM-dd")
    return date.fromisoformat(told)


def a_count(told: Any) -> int:
    """A whole number from 0; no number is no count."""
    if type(told) is not int or not 0 <= told < 10**12:
        raise ValueError("a count is a whole number from 0")
    return told


def a_count_or_none(told: Any) -> int | None:
    """A whole number from 0, or null: the source has no number."""
    return None if told is None else a_count(told)


def a_word(told: Any) -> str:
    """A code or a short name."""
    if not isinstance(told, str) or not 0 < len(told.strip()) <= MOST_TEXT:
        raise ValueError(f"1 to {MOST_TEXT} letters")
    return told.strip()


def one_of(*words: str) -> Callable[[Any], str]:
    """One of some words."""

    def read(told: Any) -> str:
        if told not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return str(told)

    return read
