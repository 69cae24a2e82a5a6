"""Files of layers that travel in a message: schools, health facilities … read by the same code as a file by hand.

Our contract: the file's Description says `layer:NAME` or `book:NAME`, or its name begins with it
(`school_2026-11.xlsx`). Of several registers of one kind it says which: `layer:vessel:vnfishbase` is a source apart.
"""

import re
from pathlib import Path

from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.tables.load import load_table
from ingest.tables.reduced import kept_of
from ingest.tables.table import ReadOptions
from layers.books.registry import load_filed
from layers.spec import Filed

_SAID = re.compile(r"\b(?:layer|book):([a-z_]+)(?::([a-z0-9_]+))?\b")


class LayerFiles:
    """Any layer of the registry that takes files, and any book."""

    name = "layer_file"

    def knows(self, given: Given) -> bool:
        """Whether the file says which layer it is for."""
        return layer_of(given) is not None

    def target(self, given: Given) -> str:
        """The layer it is for, with the register where it names one."""
        layer, register = layer_of(given), _register(given)
        return self.name if layer is None else f"{layer.name}:{register}" if register else layer.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the rows; each that is refused is kept with its bytes."""
        layer = layer_of(given)
        assert layer is not None  # nobody else is asked
        register = _register(given)
        named = (f"{layer.source}_{register}", f"{layer.title.vi} ({register})") if register else None
        sender = room.desk.sender(self.target(given), *(named or (layer.source, layer.title.vi)))
        options = ReadOptions(opened=room.opened(adapter_named(self.name)))
        loaded = load_table(room.connection, layer, given.path, sender, room.clock, options)
        return Published(loaded.summary, kept_of(loaded.reading, given.path, scratch))


def _register(given: Given) -> str | None:
    """Which of several registers a file says it is, or None."""
    said = _SAID.search(given.description or "")
    return None if said is None else said[2]


def layer_of(given: Given) -> Filed | None:
    """The layer or book a file is for, or None."""
    layers = load_filed()
    said = _SAID.search(given.description or "")
    if said is not None:
        return layers.get(said[1])
    stem = given.name.lower()
    named = [name for name in layers if re.match(rf"{name}(?![a-z])", stem)]
    return layers[max(named, key=len)] if named else None
