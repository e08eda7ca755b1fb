"""What somebody looks for, as terms of the index: each may be met in several ways."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy_portal.knowledge.folding import STOP_WORDS, spellings, stem, words_of
from rtpy_portal.knowledge.synonyms import Groups, Phrase

MOST_TERMS = 8
"""Terms of a search; of a longer text there are more at first."""
MOST_TYPED = 40
SHORTEST_BEGINNING = 2
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Term:
    """A word with all that means the same: `phrases` of stems, or any word that begins with `beginning`."""

    phrases: tuple[Phrase, ...]
    beginning: str = ""

    @property
    def stems(self) -> tuple[str, ...]:
        """Single words of which one is enough."""
        return tuple(phrase[0] for phrase in self.phrases if len(phrase) == 1)


def terms_of(text: str, groups: Groups, *, is_typing: bool) -> tuple[Term, ...]:
    """The terms of a text, each once; of the last word the beginning is enough while it `is_typing`.

    Words that stand in every text are left out, unless nothing else was written.
    """
    words = list(words_of(text[:1000]))[:MOST_TYPED]
    telling = [word for word in words if word not in STOP_WORDS] or words
    last_is_open = is_typing and bool(telling) and telling[-1:] == words[-1:] and text[-1:].isalnum()
    found: dict[tuple[Phrase, ...], Term] = {}
    for start, end, phrases in _parts(telling, groups):
        beginning = telling[start] if last_is_open and end == len(telling) and end - start == 1 else ""
        is_long = len(beginning) >= SHORTEST_BEGINNING
        found[phrases] = Term(phrases, beginning if is_long else "")
    return tuple(found.values())


def _parts(words: list[str], groups: Groups) -> Iterator[tuple[int, int, tuple[Phrase, ...]]]:
    """From, to, and phrases: the longest run of words that has synonyms, else one word."""
    stems = [stem(word) for word in words]
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            group = groups.get(tuple(stems[at : at + size]), ())
            if group or size == 1:
                own = tuple((stem(each),) for each in spellings(words[at])) if size == 1 else ()
                yield at, at + size, tuple(dict.fromkeys((*own, *group)))
                at += size
                break
