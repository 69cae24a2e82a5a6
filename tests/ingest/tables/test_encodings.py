"""Old letters: the tables against the standards, and every commune's name in every encoding, guessed and read back."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadInput
from ingest.tables.encodings import AS_IT_IS, EncodingNeeded, decode_file, guess_letters, name_encoding
from ingest.tables.legacy import DECODERS, TCVN3
from ingest.tables.syllables import is_syllable

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
LOWER = [unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES] + ["đ"]
BEYOND = [letter for letter in LOWER if not letter.isascii()]
UNITS = Path(__file__).resolve().parents[3] / "layers" / "data" / "units.csv"


by_encoding = pytest.mark.parametrize("name", ["tcvn3", "vni", "windows-1258"])


@pytest.fixture(scope="module")
def communes() -> list[str]:
    with UNITS.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["level"] == "commune" and r["valid_from"] == "2025-07-01"]
    assert len({r["code"] for r in rows}) == 96
    return [r["full_name"] for r in rows]


@by_encoding
def test_every_letter_goes_there_and_back(name, write_letters):
    for letter in LOWER + ([] if name == "tcvn3" else [c.upper() for c in LOWER]) + list("ĂÂÊÔƠƯĐ"):
        assert DECODERS[name](write_letters(name, letter)) == letter


@by_encoding
@given(text=st.text(st.sampled_from([*LOWER, *"bcdghklmnpqrstvx 0123456789.,-"]), max_size=60))
def test_any_text_goes_there_and_back(name, write_letters, text):
    assert DECODERS[name](write_letters(name, text)) == unicodedata.normalize("NFC", text)


def test_tcvn3_numbers_are_those_of_the_standard():
    """TCVN 5712:1993, a few of each row; the marks of VNI as its fonts have them."""
    standard = {0xA8: "ă", 0xAE: "đ", 0xB5: "à", 0xB8: "á", 0xBE: "ắ", 0xC6: "ặ", 0xCC: "è", 0xD0: "é", 0xDC: "ĩ",
                0xDF: "ò", 0xE3: "ó", 0xE9: "ộ", 0xEF: "ù", 0xF9: "ự", 0xFE: "ỵ"}  # fmt: skip
    assert {number: TCVN3[chr(number)] for number in standard} == standard
    assert len(TCVN3) == 74
    assert set(TCVN3.values()) == {*BEYOND, *"ĂÂÊÔƠƯĐ"}
    for spelled, meant in {
        "Traïm y teá xaõ": "Trạm y tế xã",
        "Ñöùc Phoå": "Đức Phổ",
        "QUAÛNG NGAÕI": "QUẢNG NGÃI",
    }.items():
        assert DECODERS["vni"](spelled) == meant


def test_tcvn3_in_capitals_is_read_as_capitals():
    assert DECODERS["tcvn3"]("QU¶NG NG·I") == "QUẢNG NGÃI"
    assert DECODERS["tcvn3"]("Lý S¬n") == "Lý Sơn"


@by_encoding
def test_the_names_of_all_communes_are_guessed_from_their_bytes(name, write_letters, communes):
    text = "\n".join(write_letters(name, c) for c in communes)
    decoded = decode_file(text.encode("latin-1"), None)
    assert (decoded.bytewise, decoded.name) == (True, None)
    letters = guess_letters({"name": decoded.text.split("\n")}, bytewise=True)
    assert letters.name == name
    assert [letters.read("name", cell).lower() for cell in decoded.text.split("\n")] == [c.lower() for c in communes]
    assert letters.example is not None
    assert letters.cells > 60


@pytest.mark.parametrize("name", ["tcvn3", "vni"])
def test_old_letters_inside_unicode_are_found_by_column(name, write_letters, communes):
    cells = {"name": list(write_letters(name, c) for c in communes), "note": list(communes), "plain": ["A1"] * 96}
    letters = guess_letters(cells, bytewise=False)
    assert (letters.name, letters.columns) == (name, {"name"})
    assert [letters.read("name", cell).lower() for cell in cells["name"]] == [c.lower() for c in communes]
    assert [letters.read("note", cell) for cell in communes] == communes


def test_proper_text_is_left_as_it_is(communes):
    folded = [unicodedata.normalize("NFD", c) for c in communes]
    for cells in (communes, folded, ["Bà Rà", "Cà Cò", "à"], ["Hôtel de Ville", "Español"], ["plain ASCII"], []):
        letters = guess_letters({"name": cells}, bytewise=False)
        assert letters == AS_IT_IS
        assert [letters.read("name", c) for c in cells] == cells


def test_no_single_name_is_ever_made_worse(communes):
    """One cell is little to guess from: as Unicode it must still come out as it went in."""
    for commune in communes:
        letters = guess_letters({"name": [commune]}, bytewise=False)
        assert letters.read("name", commune) == commune


def test_bytes_that_read_in_two_ways_are_asked():
    with pytest.raises(EncodingNeeded, match=r"windows-1258 'Trám', tcvn3 'Trỏm'.*give --encoding"):
        guess_letters({"name": ["Tr\xe1m"]}, bytewise=True)


@pytest.mark.parametrize("how", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_in_all_its_forms(how, communes):
    text = "code,name\n" + "\n".join(communes)
    decoded = decode_file(text.encode(how), None)
    assert (decoded.text.lstrip("\ufeff"), decoded.bytewise) == (text, False)


def test_what_is_given_is_believed_or_refused():
    assert decode_file("Tr¹m".encode("latin-1"), "ABC").name == "tcvn3"
    with pytest.raises(BadInput, match="byte 2: not UTF-8"):
        decode_file(b"Tr\xb9m", "utf8")
    with pytest.raises(BadInput, match="use one of utf-8"):
        name_encoding("ebcdic")


@pytest.mark.parametrize(
    "word", ["Trạm", "nghiêng", "Quảng", "HUYỆN", "khuya", "giếng", "Đức", "uống", "y", "quyết", "hoà", "hòa"]
)
def test_syllables_of_vietnamese(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Tr¹m", "Hôtel", "tràt", "ngxa", "aê", "á́", ""])
def test_what_is_no_syllable(word):
    assert not is_syllable(word)
