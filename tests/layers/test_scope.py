import pytest

from layers.access.roles import OFFICERS, PUBLIC, Role
from layers.access.scope import scope
from layers.registry import load_layers

LAYERS = load_layers()


@pytest.mark.parametrize("name", ["vessel", "citizen_report"])
def test_boats_and_reports_are_exact_for_officers_and_a_density_for_everybody_else(name: str) -> None:
    for role in Role:
        assert scope(role, LAYERS[name]).mode == ("exact" if role in OFFICERS else "density")


@pytest.mark.parametrize("name", ["boundary", "vessel_track"])
def test_lines_and_tracks_are_for_officers_alone(name: str) -> None:
    for role in Role:
        assert scope(role, LAYERS[name]).mode == ("exact" if role in OFFICERS else "none")


@pytest.mark.parametrize("name", ["unit", "zone", "school", "tourist_site", "one_stop_shop", "health_facility"])
def test_what_serves_everybody_is_seen_by_everybody(name: str) -> None:
    assert all(scope(role, LAYERS[name]).public for role in Role)


def test_no_field_of_a_report_could_hold_a_person() -> None:
    assert {f.name for f in LAYERS["citizen_report"].fields} == {
        "code", "category", "state", "received_at", "due_at", "done_at", "content", "agency",
    }  # fmt: skip
    assert {f.name for f in LAYERS["citizen_report"].fields if f.read_by != PUBLIC} == {"content"}


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
