"""What every drawing is told besides its layer: which map it is for, and in which language and colours."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Style = dict[str, Any]
Colors = Mapping[str, str]


class View(NamedTuple):
    """Which map it is for, and in which language."""

    base: str
    lang: str
