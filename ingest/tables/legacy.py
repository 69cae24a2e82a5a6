"""Letters of before Unicode: TCVN3 (the ABC fonts), VNI and windows-1258, as characters in NFC.

Such text is bytes in which each number stands for a letter of the font; read by a program that knows nothing of it,
the same numbers show as Western letters (`Tr¹m y tÕ`, `Traïm y teá`). Both come here as text whose characters
U+0080…U+00FF are those numbers. TCVN3 is the smallest set of TCVN 5712:1993: it has no capitals with a tone, which
were typed in a font of capitals; VNI writes a letter and then its marks; windows-1258 a letter and then its tone.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

_TCVN3_RUNS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
TCVN3 = {chr(first + at): letter for first, run in _TCVN3_RUNS.items() for at, letter in enumerate(run)}
"""Each number of TCVN3 with its letter."""

_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_ROOF, _BREVE = "\u0302", "\u0306"
_TONES = (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT)
_VNI_PLAIN = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_MARKS = {
    **dict(zip("ùøûõï", _TONES, strict=True)),
    **{number: _ROOF + tone for number, tone in zip("áàåãä", _TONES, strict=True)},
    **{number: _BREVE + tone for number, tone in zip("éèúüë", _TONES, strict=True)},
    "â": _ROOF,
    "ê": _BREVE,
}
VNI_MARKED = "aeouyôö"


def _vni_table() -> dict[str, str]:
    """Each letter as VNI writes it, one number or a letter with its marks, with what it is."""
    table = dict(_VNI_PLAIN)
    for base in VNI_MARKED:
        for number, marks in _VNI_MARKS.items():
            letter = unicodedata.normalize("NFC", _VNI_PLAIN.get(base, base) + marks)
            if len(letter) == 1:
                table[base + number] = letter
    table |= {key.upper(): letter.upper() for key, letter in table.items()}
    # a capital may carry the small form of its marks, and the other way round
    mixed = {key[0] + key[1].swapcase(): letter for key, letter in table.items() if len(key) == 2}
    return mixed | table


VNI = _vni_table()
"""Each spelling of VNI with its letter."""

_VNI_SPELLINGS = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_SHOUTED = re.compile(r"[A-Z][^a-z]*[A-Z]")


def decode_tcvn3(text: str) -> str:
    """TCVN3 as Unicode; text that is otherwise all capitals has its toned letters made capitals too."""
    letters = "".join(TCVN3.get(c, c) for c in _punctuate(text))
    loud = _SHOUTED.search(text) is not None and not re.search("[a-z]", text)
    return letters.upper() if loud else letters


def decode_vni(text: str) -> str:
    """VNI as Unicode."""
    return _VNI_SPELLINGS.sub(lambda found: VNI[found.group()], _punctuate(text))


def decode_windows_1258(text: str) -> str:
    """Windows-1258 as Unicode in NFC; a number it does not have stays as it is."""
    letters = (c.encode("latin-1").decode("cp1258", "ignore") or c if "\x7f" < c <= "\xff" else c for c in text)
    return unicodedata.normalize("NFC", "".join(letters))


def decode_windows_1252(text: str) -> str:
    """Western European, which needs only its punctuation put right."""
    return _punctuate(text)


def _punctuate(text: str) -> str:
    """Quotation marks and dashes, which Windows kept where Unicode has control characters."""
    if not re.search("[\x80-\x9f]", text):
        return text
    return "".join(c.encode("latin-1").decode("cp1252", "ignore") or c if "\x80" <= c <= "\x9f" else c for c in text)


DECODERS: Mapping[str, Callable[[str], str]] = {
    "windows-1258": decode_windows_1258,
    "tcvn3": decode_tcvn3,
    "vni": decode_vni,
    "windows-1252": decode_windows_1252,
}
