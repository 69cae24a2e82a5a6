"""Files of layers that travel in a message: schools, health facilities … read by the same code as a file by hand.

Our contract: the file's Description says `layer:NAME`, or its name begins with the layer's (`school_2026-11.xlsx`).
"""

import re
from pathlib import Path

from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.tables.load import load_table
from ingest.tables.table import ReadOptions
from layers.registry import load_layers
from layers.spec import Layer

_SAID = re.compile(r"\blayer:([a-z_]+)\b")


class LayerFiles:
    """Any layer of the registry that takes files."""

    name = "layer_file"

    def knows(self, given: Given) -> bool:
        """Whether the file says which layer it is for."""
        return layer_of(given) is not None

    def target(self, given: Given) -> str:
        """The layer it is for."""
        layer = layer_of(given)
        return layer.name if layer is not None else self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the rows; each that is refused is kept with its bytes."""
        layer = layer_of(given)
        assert layer is not None  # nobody else is asked
        sender = room.desk.sender(layer.name, layer.source, layer.title.vi)
        options = ReadOptions(opened=room.opened(adapter_named(self.name)))
        loaded = load_table(room.connection, layer, given.path, sender, room.clock, options)
        return Published(loaded.summary, given.path)


def layer_of(given: Given) -> Layer | None:
    """The layer a file is for, or None."""
    layers = {name: layer for name, layer in load_layers().items() if layer.file is not None}
    said = _SAID.search(given.description or "")
    if said is not None:
        return layers.get(said[1])
    stem = given.name.lower()
    named = [name for name in layers if re.match(rf"{name}(?![a-z])", stem)]
    return layers[max(named, key=len)] if named else None
