import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.text import compose, digits, fold


@pytest.mark.parametrize(
    ("given_text", "folded"),
    [("Hoà Bình", "hoa binh"), ("Hòa  Bình", "hoa binh"), ("ĐỨC PHỔ", "duc pho"), ("Ẵm ẫ ỗ ợ", "am a o o"), ("", "")],
)
def test_folding_drops_every_mark(given_text: str, folded: str) -> None:
    assert fold(given_text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(compose(text)) == fold(text)


def test_digits_are_what_an_officer_types() -> None:
    assert digits("QNg-MP 0369") == "0369"
