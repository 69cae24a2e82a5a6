"""No small number can be worked out of what is shown: tried by looking at every table that would look the same."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from layers.disclosure.protect import PAIR, SMALL, Sum, protect, work_out

LEAST = 5
COUNTS = st.lists(st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 8]), min_size=1, max_size=3), min_size=1, max_size=3)


def _tree(districts: list[list[int]]) -> tuple[dict[str, int], list[Sum]]:
    values: dict[str, int] = {}
    sums = []
    for d, communes in enumerate(districts):
        names = tuple(f"c{d}.{n}" for n in range(len(communes)))
        values |= dict(zip(names, communes, strict=True)) | {f"d{d}": sum(communes)}
        sums.append(Sum(f"d{d}", names))
    values["p"] = sum(values[s.total] for s in sums)
    return values, [*sums, Sum("p", tuple(s.total for s in sums))]


def _alike(values: dict[str, int], sums: list[Sum], kept: dict[str, str]) -> list[dict[str, int]]:
    """Every table of small whole numbers of which a reader would be shown the same."""
    bases = [name for name in values if name.startswith("c")]
    top = max(values.values()) + 3
    choices = []
    for name in bases:
        first = {None: [values[name]], SMALL: range(1, LEAST), PAIR: range(1, top)}[kept.get(name)]
        choices.append(list(first))
    found = []
    for chosen in product(*choices):
        told = dict(zip(bases, chosen, strict=True))
        for one in sums:
            told[one.total] = sum(told[name] for name in one.members)
        if all(_looks(told[name], values[name], kept.get(name)) for name in values):
            found.append(told)
    return found


def _looks(told: int, true: int, why: str | None) -> bool:
    if why is None:
        return told == true
    return 0 < told < LEAST if why == SMALL else told > 0


@given(districts=COUNTS)
@settings(max_examples=150, deadline=None)
def test_nobody_can_work_a_small_number_out(districts: list[list[int]]) -> None:
    """For every number kept back there are two tables that look the same and differ in it."""
    values, sums = _tree(districts)
    kept = protect(values, sums, LEAST)
    small = {n for n, v in values.items() if 0 < v < LEAST}
    assert small <= set(kept)
    assert {name for name, why in kept.items() if why == SMALL} <= small
    if len([n for n in kept if n.startswith("c")]) <= 5:
        alike = _alike(values, sums, kept)
        for name in kept:
            assert len({told[name] for told in alike}) > 1, (name, kept)


@given(districts=COUNTS)
@settings(max_examples=150, deadline=None)
def test_the_ranges_are_what_a_reader_can_know(districts: list[list[int]]) -> None:
    """The range worked out of a number is the least and the most over all tables that look the same."""
    values, sums = _tree(districts)
    kept = {name: SMALL for name, value in values.items() if 0 < value < LEAST}
    if len([n for n in kept if n.startswith("c")]) <= 5:
        alike, found = _alike(values, sums, kept), work_out(values, sums, LEAST, kept)
        for name in values:
            assert found[name] == (min(told[name] for told in alike), max(told[name] for told in alike))


def test_a_lone_small_number_takes_another_with_it() -> None:
    """A total less its other parts would give it back."""
    values, sums = _tree([[3, 9, 20]])
    kept = protect(values, sums, LEAST)
    assert kept["c0.0"] == SMALL
    assert kept["c0.1"] == PAIR
    assert "p" not in kept


def test_two_that_can_only_be_four_are_not_shown_by_their_sum() -> None:
    """4 + 4 = 8 under "less than 5" says both; so the sum goes too, or a third with them."""
    values, sums = _tree([[4, 4]])
    kept = protect(values, sums, LEAST)
    assert len(kept) > 2


def test_ones_under_a_small_total_are_not_given_away() -> None:
    """Four parts "less than 5" under a total "less than 5" would all be 1: the total says only that it is hidden."""
    values, sums = _tree([[1, 1, 1, 1], [9, 20], [30]])
    kept = protect(values, sums, LEAST)
    assert kept["d0"] == PAIR
    assert "p" not in kept
    assert all(low < high for name in kept for low, high in [work_out(values, sums, LEAST, kept)[name]])


def test_what_was_shown_already_protects_nobody() -> None:
    """A number that readers have seen with this value cannot hide another one."""
    values, sums = _tree([[3, 9, 20]])
    kept = protect(values, sums, LEAST, shown_before={"c0.1"})
    assert "c0.1" not in kept
    assert kept["c0.2"] == PAIR


def test_nought_is_shown() -> None:
    """0 is a number like another, and is not what "less than 5" stands for."""
    values, sums = _tree([[0, 0, 3, 2, 12]])
    assert not {"c0.0", "c0.1"} & set(protect(values, sums, LEAST))
