"""A choropleth's classes: honest limits, and colours that everybody can tell apart."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.classes import CIVIDIS, CLASSES, breaks, class_colors, class_of, classes, ink_on, luminance

DEFICIENCIES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear light."""


def linear(color: str) -> np.ndarray:
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def simulate(color: str, seen: str) -> np.ndarray:
    light = linear(color)
    if seen == "grey":
        return np.full(3, luminance(color))
    return np.clip(np.array(DEFICIENCIES[seen]) @ light, 0, 1)


def lightness(light: np.ndarray) -> float:
    """CIE L*, 0 to 100."""
    y = float(np.array([0.2126, 0.7152, 0.0722]) @ light)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@given(st.lists(st.integers(0, 5000).map(float), max_size=120))
def test_classes_are_few_rising_and_inside_the_values(values: list[float]) -> None:
    cuts = breaks(values)
    assert len(cuts) < CLASSES
    assert cuts == sorted(set(cuts))
    assert all(min(values) < cut <= max(values) for cut in cuts)


def test_many_zeros_do_not_swallow_the_classes() -> None:
    assert len(breaks([0.0] * 80 + [float(n) for n in range(1, 17)])) == CLASSES - 1


def test_nothing_at_all_is_a_class_of_its_own() -> None:
    found = classes([0.0, 0.0, 0.0, 3.0, 4.0, 9.0, 12.0])
    assert (found[0].low, found[0].high, found[0].count) == (0.0, 0.0, 3)
    assert found[1].low == 3.0
    assert sum(each.count for each in found) == 7


@given(st.lists(st.integers(0, 5000).map(float), max_size=120))
def test_classes_hold_every_value_once_and_say_what_is_in_them(values: list[float]) -> None:
    found = classes(values)
    assert sum(each.count for each in found) == len(values)
    assert len(found) <= CLASSES
    for below, above in pairwise(found):
        assert below.high < above.low
    if values and 0 in values and any(values):
        assert (found[0].low, found[0].high) == (0, 0)


def contrast(one: str, other: str) -> float:
    low, high = sorted(luminance(color) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("count", range(1, CLASSES + 1))
def test_the_ink_on_every_class_can_be_read(count: int) -> None:
    for color in class_colors(count):
        assert contrast(color, ink_on(color)) >= 4.1, color


@pytest.mark.parametrize("seen", [*DEFICIENCIES, "grey"])
@pytest.mark.parametrize("count", range(2, CLASSES + 1))
def test_neighbouring_classes_differ_for_the_colour_blind_and_in_grey_print(count: int, seen: str) -> None:
    lights = [lightness(simulate(color, seen)) for color in class_colors(count)]
    assert lights == sorted(lights)
    assert all(above - below >= 11 for below, above in pairwise(lights)), lights


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
