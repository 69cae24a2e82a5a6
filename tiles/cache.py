"""Tiles kept in memory, bounded by bytes; the key carries layer version and scope."""

from cachetools import LRUCache

Key = tuple[str, int, str, int, int, int]
"""(layer, version, scope digest, z, x, y)."""


def tile_cache(megabytes: int) -> LRUCache[Key, bytes]:
    """A cache that forgets the least used tiles beyond its size."""
    return LRUCache(maxsize=megabytes * 1_000_000, getsizeof=lambda body: len(body) + 200)


def etag(key: Key) -> str:
    """The entity tag of a tile: same layer version, same scope, same address, same bytes."""
    layer, version, digest, z, x, y = key
    return f'"{layer}-{version}-{digest}-{z}.{x}.{y}"'
