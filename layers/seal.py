"""The hash of something that must not change: of its JSON, with sorted keys, so that storing it changes nothing."""

from hashlib import sha256
from typing import Any

import orjson


def digest(value: Any) -> str:
    """SHA-256 in hexadecimal of a value of plain JSON."""
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
