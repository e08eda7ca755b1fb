"""The words of addresses, made of names: letters and digits of ASCII, and short."""

from collections.abc import Container

from rtpy_portal.knowledge.folding import words_of

LONGEST = 80


def slug_of(name: str, instead: str, taken: Container[str] = ()) -> str:
    """`Über den Drucker` becomes `uber-den-drucker`; `instead` when no letter is left, a number when it is taken."""
    words = (word for word in words_of(name) if word.isascii())
    slug = "-".join(words)[: LONGEST - 4].strip("-") or instead
    if slug not in taken:
        return slug
    return next(found for n in range(2, 10_000) if (found := f"{slug}-{n}") not in taken)
