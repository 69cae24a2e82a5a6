"""The code a citizen follows a report by: short enough for paper, too many to be guessed; we keep its hash only."""

import re
import secrets

from layers.access.accounts import token_hash

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that reads like something else: no 0 and O, no 1, I, L, no U."""
LENGTH = 8
_CODE = re.compile(rf"PA-?([{LETTERS}]{{4}})-?([{LETTERS}]{{4}})")


def make_code() -> str:
    """A new code, `PA-7K3M-9QXW`: one of 30^8."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"PA-{drawn[:4]}-{drawn[4:]}"


def read_code(written: str) -> str | None:
    """A code as we write it, of what somebody writes (small letters, no dashes); None when it is no code at all."""
    found = _CODE.fullmatch(re.sub(r"\s", "", written).upper())
    return f"PA-{found[1]}-{found[2]}" if found else None


def hash_of(written: str) -> bytes | None:
    """What is kept of a code; None when it is no code at all."""
    code = read_code(written)
    return None if code is None else token_hash(code)
