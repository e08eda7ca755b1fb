"""Words of pages as the index has them: without case and accents, German and English endings taken off."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40
"""Characters of a word that are kept."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_SHORTEST = 3
_ENDINGS = (
    # the longer one first; what is left has at least three letters, and a vowel among them
    ("ations", ""),
    ("ation", ""),
    ("ieren", ""),
    ("ungen", ""),
    ("iert", ""),
    ("ing", ""),
    ("ung", ""),
    ("ies", "y"),
    ("ied", "y"),
    ("ern", ""),
    ("est", ""),
    ("ers", ""),
    ("ed", ""),
    ("en", ""),
    ("er", ""),
    ("em", ""),
    ("es", ""),
    ("st", "st"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("e", ""),
    ("s", ""),
    ("n", "n"),
)
_VOWEL = re.compile(r"[aeiouy]")
_TYPED_UMLAUT = re.compile(r"ae|oe|ue")
STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be been but by can could do does for from had has have how i if in "
    "into is it its just me my no not of on or our please so some than that the their them then there these they this "
    "to was we were what when where which who why will with would you your hello hi thanks "
    "aber alle als am an auch auf aus bei bin bitte da das dass dem den der des die doch ein eine einem einen einer "
    "eines er es fur hallo hat habe haben ich ihr im in ist ja kann konnen man mein meine mich mir mit nach nicht noch "
    "nur oder seit sich sie sind so uber um und uns unser von vor war was wenn wer wie wir wird wo zu zum zur".split()
)
"""Folded words that say nothing about what a text is about."""


def fold(text: str) -> str:
    """Lower case without accents: `Straße` and `STRASSE` are the same, `Passwörter` is `passworter`."""
    parted = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(each for each in parted if not unicodedata.combining(each))


def words_of(text: str) -> Iterator[str]:
    """The folded words of a text one after the other, stop words too; what has no letter or digit is none."""
    for found in _WORD.finditer(fold(text)):
        word = re.sub(r"['’].*", "", found[0])
        if word:
            yield word[:LONGEST]


def stem(word: str) -> str:
    """A folded word without its ending: `printers`, `printing` and `print` are one, `Drucker` and `Drucken` too.

    Light and without a dictionary: both languages' rules hold for every word, so that a page is found in whatever
    language it is asked for. Numbers and short words stay as they are.
    """
    if not word.isalpha() or len(word) <= _SHORTEST:
        return word
    for _ in range(2):
        shorter = _without_ending(word)
        if shorter == word:
            break
        word = shorter
    return word


def spellings(word: str) -> tuple[str, ...]:
    """How a typed word may stand in a text: `Drucker` so, and `Passwoerter` as `passworter` too."""
    short = _TYPED_UMLAUT.sub(lambda found: found[0][0], word)
    return (word,) if short == word else (word, short)


def _without_ending(word: str) -> str:
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            kept = word[: len(word) - len(ending)] + instead
            if ending == instead:
                return word
            if len(kept) >= _SHORTEST and (ending == "s" or _VOWEL.search(kept)):
                return _single_end(kept, ending)
    return word


def _single_end(kept: str, ending: str) -> str:
    """`runn` of `running` is `run`, and `stopp` of `stopped` is `stop`; `install` keeps its letters for German."""
    if ending in ("ing", "ed") and len(kept) > _SHORTEST and kept[-1] == kept[-2] and kept[-1] not in "lszae":
        return kept[:-1]
    return kept
