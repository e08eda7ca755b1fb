"""Patterns of rules: plain words with `*` for anything, matched in one walk over the text; no regular expressions."""

from collections.abc import Iterable

LONGEST = 4_000
"""Characters of a text that are looked at."""


def lines_of(patterns: str) -> tuple[str, ...]:
    """One pattern a line, folded; empty lines are none."""
    return tuple(filter(None, (_folded(line) for line in patterns.splitlines())))


def is_in(pattern: str, text: str) -> bool:
    """Does the pattern stand anywhere in the text? `*` is anything between its words; case and blanks do not matter."""
    return _walk(_folded(pattern).split("*"), _folded(text[:LONGEST]), at_start=False, to_end=False)


def is_all_of(pattern: str, text: str) -> bool:
    """Is the pattern the whole text?"""
    return _walk(_folded(pattern).split("*"), _folded(text[:LONGEST]), at_start=True, to_end=True)


def is_address(pattern: str, address: str) -> bool:
    """`jo@example.com`, `*@example.com`, `support+*@*`, or a domain alone: `example.com`, `*.example.com`."""
    wanted = _folded(pattern)
    if "@" not in wanted:
        return is_all_of(wanted, address.rpartition("@")[2])
    return is_all_of(f"*{wanted}" if wanted.startswith("@") else wanted, address)


def any_address(patterns: Iterable[str], addresses: Iterable[str]) -> bool:
    """Does one of the patterns fit one of the addresses?"""
    wanted = tuple(patterns)
    return any(is_address(pattern, address) for address in addresses for pattern in wanted)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _walk(pieces: list[str], text: str, *, at_start: bool, to_end: bool) -> bool:
    """Each piece is looked for once, from where the one before it ended: the leftmost place leaves the most room."""
    first, *rest = pieces
    if at_start:
        if not text.startswith(first):
            return False
        pos = len(first)
    else:
        rest, pos = pieces, 0
    if not to_end:
        for piece in rest:
            found = text.find(piece, pos)
            if found < 0:
                return False
            pos = found + len(piece)
        return True
    if not rest:
        return pos == len(text)
    *middle, last = rest
    for piece in middle:
        found = text.find(piece, pos)
        if found < 0:
            return False
        pos = found + len(piece)
    return len(text) - len(last) >= pos and text.endswith(last)
