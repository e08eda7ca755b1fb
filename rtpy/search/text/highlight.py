"""A few words of a text around what was looked for, in pieces that say whether they are what was found."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rtpy.search.text.words import ALONE, Search, words_of

BEFORE: Final = 50
LENGTH: Final = 220
"""Letters of an excerpt."""
LONGEST: Final = 100_000
"""Letters of a text that are looked at."""
MOST_HITS: Final = 200
_TOKEN: Final = re.compile(rf"[{ALONE}]|[^\W_{ALONE}]+")
_BLANK: Final = re.compile(r"\s+")

Pieces = tuple[tuple[str, bool], ...]
"""Texts in order, each with whether it is a hit."""


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    search: int


def excerpt(text: str, searches: Sequence[Search], *, stems: bool = False) -> tuple[Pieces, int]:
    """The place of `text` where most of what was looked for stands together, and how much of it is in the text.

    `stems`: words count that begin alike. A text without any hit is shown from its beginning.
    """
    text = unicodedata.normalize("NFC", text[:LONGEST])
    found = _hits(text, searches, stems=stems)
    start = _best(found)
    begin = _word_start(text, max(start - BEFORE, 0))
    end = _word_end(text, min(begin + LENGTH, len(text)))
    pieces: list[tuple[str, bool]] = [("…", False)] if text[:begin].strip() else []
    at = begin
    for hit in found:
        if hit.start < at or hit.end > end:
            continue
        pieces += [(text[at : hit.start], False), (text[hit.start : hit.end], True)]
        at = hit.end
    pieces.append((text[at:end], False))
    if text[end:].strip():
        pieces.append(("…", False))
    shown = tuple((_BLANK.sub(" ", said), is_hit) for said, is_hit in pieces if said)
    return shown, len({hit.search for hit in found})


def _hits(text: str, searches: Sequence[Search], *, stems: bool) -> list[_Hit]:
    tokens = [(match.start(), match.end(), "".join(words_of(match[0]))) for match in _TOKEN.finditer(text)]
    words = [token[2] for token in tokens]
    firsts: dict[str, list[int]] = {}
    for number, search in enumerate(searches):
        firsts.setdefault(search.words[0][:2], []).append(number)
    found: list[_Hit] = []
    for at, word in enumerate(words):
        # two letters are enough to pass over nearly all words of a long text quickly
        for number in (*firsts.get(word[:2], ()), *(firsts.get(word[:1], ()) if len(word) > 1 else ())):
            search = searches[number]
            last = at + len(search.words) - 1
            if last < len(words) and _fits(words[at : last + 1], search, stems=stems):
                found.append(_Hit(tokens[at][0], tokens[last][1], number))
                break
        if len(found) == MOST_HITS:
            break
    return found


def _fits(words: Sequence[str], search: Search, *, stems: bool) -> bool:
    for position, (word, wanted) in enumerate(zip(words, search.words, strict=True)):
        begins = search.begins and position == len(search.words) - 1
        if (
            word != wanted
            and not (begins and word.startswith(wanted))
            and not (stems and _alike(word, wanted))
        ):
            return False
    return True


def _alike(word: str, wanted: str) -> bool:
    shared = 0
    for one, other in zip(word, wanted, strict=False):
        if one != other:
            break
        shared += 1
    return shared >= 3 and shared >= min(len(word), len(wanted)) - 2 and abs(len(word) - len(wanted)) <= 4


def _best(found: Sequence[_Hit]) -> int:
    """Where the hits begin that show the most different searches in one excerpt."""
    most, start = 0, 0
    for index, hit in enumerate(found):
        near = {each.search for each in found[index : index + 20] if each.end < hit.start + LENGTH - BEFORE}
        if len(near) > most:
            most, start = len(near), hit.start
    return start


def _word_start(text: str, at: int) -> int:
    """The next beginning of a word, if there is one near."""
    if at == 0:
        return 0
    blank = re.compile(r"\s").search(text, at, at + 25)
    return blank.end() if blank else at


def _word_end(text: str, at: int) -> int:
    if at == len(text):
        return at
    blank = max(text.rfind(" ", at - 25, at), text.rfind("\n", at - 25, at))
    return blank if blank > 0 else at
