from layers.access.roles import OFFICERS, PUBLIC, Role
from layers.access.scope import scope
from layers.registry import load_layers

LAYERS = load_layers()


def test_boats_are_exact_for_officers_and_a_density_for_everybody_else() -> None:
    vessel = LAYERS["vessel"]
    for role in Role:
        assert scope(role, vessel).mode == ("exact" if role in OFFICERS else "density")


def test_two_modes_never_share_a_cache_key() -> None:
    for layer in LAYERS.values():
        by_digest: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
        for role in Role:
            seen = scope(role, layer)
            by_digest.setdefault(seen.digest, set()).add((seen.mode, seen.columns))
        assert all(len(kinds) == 1 for kinds in by_digest.values())


def test_what_is_not_for_everybody_is_not_public() -> None:
    for layer in LAYERS.values():
        for role in Role:
            seen = scope(role, layer)
            if seen.public:
                assert layer.read_by == PUBLIC
            if seen.mode != "exact":
                assert seen.columns == ()
