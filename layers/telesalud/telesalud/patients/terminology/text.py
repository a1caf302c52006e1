"""One folding of text for both sides of a search, so that what is indexed is what is asked."""

import re
import unicodedata

_WORD = re.compile(r"[0-9a-z]+")

# Words that carry no meaning in a title; as prefixes they would match half of the index.
_STOP_ES = "a al ante con de del e el en la las lo los no o para por que se sin su sus u un una y"
_STOP_PT = "ao aos as com da das do dos em na nas nem nos ou os pela pelo sem uma"
_STOP_EN = "an and by for in nor of on or the to with"
STOP_WORDS = frozenset(f"{_STOP_ES} {_STOP_PT} {_STOP_EN}".split())


def fold(text: str) -> str:
    """Lower case without accents or compatibility forms: `Tuberculosis Pulmonár` and `ñ` fold."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def words(text: str) -> list[str]:
    """The folded words of `text` in order; anything that is not a letter or digit separates."""
    return _WORD.findall(fold(text))


def telling_words(text: str) -> list[str]:
    """The words worth searching: stop words are dropped unless there is nothing else."""
    every = words(text)
    return [word for word in every if word not in STOP_WORDS] or every


def singular(word: str) -> str:
    """The beginning that singular and plural share in Spanish and mostly in Portuguese and English.

    Good enough for a prefix: `fracturas` finds `fractura` and `infecciones` finds `infeccion`.
    """
    if len(word) >= 6 and word.endswith("es"):
        return word[:-2]
    return word[:-1] if len(word) >= 5 and word.endswith("s") else word
