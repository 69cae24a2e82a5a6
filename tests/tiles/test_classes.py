from hypothesis import given
from hypothesis import strategies as st

from tiles.classes import CIVIDIS, CLASSES, breaks, class_colors, class_of


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


def test_a_value_on_a_limit_belongs_above_it() -> None:
    assert [class_of(v, [2.0, 5.0]) for v in (0, 2, 4.9, 5, 9)] == [0, 1, 1, 2, 2]


def test_the_ends_of_the_scale_are_used_whatever_the_number_of_classes() -> None:
    assert class_colors(1) == [CIVIDIS[2]]
    for count in range(2, CLASSES + 1):
        colors = class_colors(count)
        assert (colors[0], colors[-1], len(set(colors))) == (CIVIDIS[0], CIVIDIS[-1], count)
