"""Codes, keys, masks and the words that only ask."""

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.citizens.codes import LETTERS, hash_of, make_code
from layers.citizens.intake import reads_like
from layers.citizens.masking import mask_text
from layers.citizens.secret import KEY_FILE, read_key


def test_a_code_is_read_however_it_is_written() -> None:
    code = make_code()
    assert len({hash_of(form) for form in (code, code.lower(), code.replace("-", ""), f" {code} ")}) == 1
    assert hash_of(code) is not None
    assert len({make_code() for _ in range(2000)}) == 2000
    assert not set("01OILU") & set(LETTERS)


@given(st.text(max_size=20))
def test_what_is_no_code_is_none(text: str) -> None:
    assert hash_of(text) is None or text.strip().upper().startswith("PA")


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path) -> None:
    key = read_key(tmp_path / "data")
    assert read_key(tmp_path / "data") == key
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == [KEY_FILE]
    assert read_key(tmp_path, "given") == "given"


@pytest.mark.parametrize("text", ["gọi 0912 345 678 nhé", "số (+84) 912-345-678", "thư a.b@c.vn"])
def test_numbers_and_mail_are_masked(text: str) -> None:
    assert "[…]" in mask_text(text)
    assert not any(part in mask_text(text) for part in ("912", "@"))


@pytest.mark.parametrize(
    ("text", "word", "asks"),
    [
        ("Tôi KHIẾU NẠI quyết định", "khiếu nại", True),
        ("toi to cao can bo", "tố cáo", True),
        ("chậm so với tiến độ", "vòi tiền", False),
        ("đồ cũ ở bãi rác", "tố cáo", False),
    ],
)
def test_a_word_asks_by_its_own_marks(text: str, word: str, asks: bool) -> None:
    assert reads_like(text, word) is asks
