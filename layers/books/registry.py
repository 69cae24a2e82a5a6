"""All books by name, and everything that files fill."""

from collections.abc import Mapping
from types import MappingProxyType

from layers.books import catch, penalty, port_call, renumbering
from layers.registry import load_layers
from layers.spec import Book, Filed

_BOOKS = (*port_call.BOOKS, *catch.BOOKS, *penalty.BOOKS, *renumbering.BOOKS)
REGISTER = "vessel"
"""The layer that is a book too: each register of boats."""


def load_books() -> Mapping[str, Book]:
    """Every book by name; read-only."""
    return MappingProxyType({book.name: book for book in _BOOKS})


def load_filed() -> Mapping[str, Filed]:
    """Every layer that takes files, and every book, by name."""
    layers = {name: layer for name, layer in load_layers().items() if layer.file is not None}
    return MappingProxyType(layers | dict(load_books()))


def filed_of(form: str) -> Filed | None:
    """The layer or book whose files a form (`layer:NAME`, `book:NAME`) takes; None for any other form."""
    kind, _, name = form.partition(":")
    return load_filed().get(name) if kind in ("layer", "book") else None
