"""Words: texts as the index takes them, the same on every database, and what somebody looks for as terms."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST_WORD: Final = 60
"""Letters of a word that count: longer ones are lines of code and keys, and PostgreSQL refuses very long ones."""
LONGEST_QUERY: Final = 1000
MOST_TERMS: Final = 20
MOST_WORDS: Final = 30
"""Words of one phrase."""

ALONE: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that write no blanks between words: each sign counts as a word, and words are phrases of them."""
_PLAIN: Final = re.compile(r"[a-z0-9]+")
_WORD: Final = re.compile(rf"[{ALONE}]|[^\W_{ALONE}]+")
_TERM: Final = re.compile(r'(-?)"([^"]*)(?:"(\*?)|$)|(\S+)')


@dataclass(frozen=True, slots=True)
class Search:
    """One thing to look for: words that follow each other. `begins`: the last one is the beginning of a word."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: all of `all`, and none of `none`."""

    all: tuple[Search, ...] = ()
    none: tuple[Search, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all or self.none)


def words_of(text: str) -> list[str]:
    """The words of a text in order: small letters without accents, cut at LONGEST_WORD. Never raises."""
    if text.isascii():
        found = _PLAIN.findall(text.lower())
    else:
        found = _WORD.findall(_plain(text))
    return [word[:LONGEST_WORD] for word in found]


def read_wanted(text: str) -> Wanted:
    """What somebody typed: `word`, `begin*`, `"a phrase"`, and a dash before what must not occur. Never raises.

    What has signs inside, such as a host's name or an address, is a phrase of its words.
    """
    sought: list[Search] = []
    unwanted: list[Search] = []
    for match in _TERM.finditer(text[:LONGEST_QUERY]):
        dash, phrase, star, plain = match.groups()
        if plain is not None:
            dash = "-" if plain.startswith("-") and len(plain) > 1 else ""
            phrase, star = plain, "*" if plain.endswith("*") else ""
        words = tuple(words_of(phrase)[:MOST_WORDS])
        if not words:
            continue
        search = Search(words, bool(star))
        kept = unwanted if dash else sought
        if search not in kept:
            kept.append(search)
        if len(sought) + len(unwanted) == MOST_TERMS:
            break
    return Wanted(tuple(sought), tuple(unwanted))


def _plain(text: str) -> str:
    """Without accents, and in small letters."""
    split = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign)).lower()
