from hypothesis import given
from hypothesis import strategies as st

from web.unit_cards import CLASSES, breaks


@given(st.lists(st.integers(0, 5000).map(float), max_size=120))
def test_classes_are_few_rising_and_inside_the_values(values: list[float]) -> None:
    cuts = breaks(values)
    assert len(cuts) < CLASSES
    assert cuts == sorted(set(cuts))
    assert all(min(values) < cut <= max(values) for cut in cuts)


def test_many_zeros_do_not_swallow_the_classes() -> None:
    assert len(breaks([0.0] * 80 + [float(n) for n in range(1, 17)])) == CLASSES - 1


def test_nothing_known_means_no_classes() -> None:
    assert breaks([]) == []
    assert breaks([0.0, 0.0]) == []
