"""Whether a word can be Vietnamese: how we tell a right reading of old bytes from a wrong one.

A syllable is an initial, a rhyme and a tone; before a closing c, ch, p or t only sắc and nặng stand.
"""

import re
import unicodedata

_INITIAL = "ngh|ng|nh|gh|gi|ch|kh|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x|"
_STOPPED = (
    "ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich iêc iêp iêt ip it oac oach oap oat oăc oăt oc oet ooc op ot"
    " ôc ôp ôt ơp ơt uât uêch uôc uôt uc up ut uych uyêt uyt ươc ươp ươt ưc ưt yêt oăp uăt êc ơc oec"
)
_OPEN = (
    "a ai am an ang anh ao au ay ăm ăn ăng âm ân âng âu ây e em en eng eo ê êm ên ênh êu i ia iêm iên iêng iêu im in"
    " inh iu o oa oai oam oan oang oanh oao oay oăm oăn oăng oe oen oeo oi om on ong oong ô ôi ôm ôn ông ơ ơi ơm ơn"
    " u ua uân uâng uây uê uênh ui um un ung uơ uôi uôm uôn uông uy uya uyên uynh uyn uyu ư ưa ưi ưng ươi ươm ươn"
    " ương ươu ưu y yêm yên yêng yêu"
)
_SYLLABLE = re.compile(f"(?:{_INITIAL})(?:(?P<stop>{'|'.join(_STOPPED.split())})|{'|'.join(_OPEN.split())})")
_TONES = {"\u0300": "`", "\u0301": "'", "\u0303": "~", "\u0309": "?", "\u0323": "."}


def is_syllable(word: str) -> bool:
    """Whether a word, in whatever case, could be one syllable of Vietnamese."""
    tones: list[str] = []
    letters: list[str] = []
    for c in unicodedata.normalize("NFD", word.lower()):
        (tones if c in _TONES else letters).append(c)
    found = _SYLLABLE.fullmatch(unicodedata.normalize("NFC", "".join(letters)))
    if found is None or len(tones) > 1:
        return False
    return found["stop"] is None or (bool(tones) and _TONES[tones[0]] in "'.")
