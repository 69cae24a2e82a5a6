"""Addresses as people write them."""

from geo.errors import BadInput


def read_address(text: str, field: str, host: str | None = None) -> tuple[str, int]:
    """`HOST:PORT` (an IPv6 host in brackets), or the port alone where `host` says what it then means.

    BadInput names `field`, the option it came from.
    """
    left, colon, right = text.strip().rpartition(":")
    given = left.removeprefix("[").removesuffix("]") if colon else host
    if not given or not right.isascii() or not right.isdigit() or int(right) > 65_535:
        form = "HOST:PORT" if host is None else "PORT or HOST:PORT"
        raise BadInput(f"{field} {text!r}: write {form}, port 0 to 65535", field=field)
    return given, int(right)
