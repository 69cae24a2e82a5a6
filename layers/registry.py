"""The one table of layers: every file of `layers/catalog/` gives one frozen LAYER."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from geo.errors import NotFound
from layers import catalog
from layers.spec import Layer

Registry = Mapping[str, Layer]


def load_layers() -> Registry:
    """All layers by name, in the order of their files; read-only, made once and passed down."""
    found: dict[str, Layer] = {}
    for info in pkgutil.iter_modules(catalog.__path__):
        layer = getattr(importlib.import_module(f"{catalog.__name__}.{info.name}"), "LAYER", None)
        if not isinstance(layer, Layer):
            raise TypeError(f"layers/catalog/{info.name}.py: define LAYER = Layer(name={info.name!r}, …)")
        if layer.name != info.name:
            raise TypeError(f"layers/catalog/{info.name}.py: its LAYER is named {layer.name!r}; use {info.name!r}")
        found[layer.name] = layer
    return MappingProxyType(found)


def get_layer(registry: Registry, name: str) -> Layer:
    """The layer, or NotFound naming those that exist."""
    try:
        return registry[name]
    except KeyError:
        raise NotFound(f"layer={name!r}: use one of {', '.join(registry)}", field="layer") from None
