"""Patterns over values, matched without backtracking: the time is bounded by length of the text times the pattern's.

Python's own `re` can take years over a short text (`(a+)+$`). Administrators write patterns, customers write texts:
so a pattern is compiled here into a list of states which are followed all at once. What such a machine cannot do
(backreferences, looking around) is refused when the pattern is saved. See docs/decisions/custom-fields.md.
"""

import re
import re._constants as _op  # type: ignore[import-not-found]
import re._parser as _parser  # type: ignore[import-not-found]
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

LONGEST_PATTERN = 1000
MOST_STATES = 3000
MOST_STEPS = 3_000_000
"""States times characters: about a second of work."""

Test = Callable[[str], bool]


class BadPattern(ValueError):
    """A pattern that cannot be used; the text says why, to be read by an administrator."""


class TooLong(ValueError):
    """The text is too long to be checked with this pattern."""


@dataclass(slots=True)
class _State:
    """Where one may stand: after `test` holds for a character, or `place` for the position, go on to `nexts`."""

    test: Test | None = None
    place: Any = None
    nexts: list[int] = field(default_factory=list)


class Pattern:
    """A compiled pattern; `fits(text)` as `re.search` would find it anywhere in the text."""

    def __init__(self, source: str) -> None:
        """Raises BadPattern."""
        self._states: list[_State] = []
        self._ignore_case = False
        if len(source) > LONGEST_PATTERN:
            raise BadPattern(f"It is longer than {LONGEST_PATTERN} characters.")
        try:
            tree = _parser.parse(source.replace(r"\z", r"\Z"))
        except (re.error, OverflowError, RecursionError) as error:
            raise BadPattern(f"It cannot be read: {error}.") from error
        flags = tree.state.flags
        self._ignore_case = bool(flags & re.IGNORECASE)
        self._all, self._lines = bool(flags & re.DOTALL), bool(flags & re.MULTILINE)
        self._start = self._state()
        self._end = self._sequence(tree, self._start)

    def fits(self, text: str) -> bool:
        """Is there a match anywhere? Raises TooLong."""
        if len(self._states) * (len(text) + 1) > MOST_STEPS:
            raise TooLong
        current: set[int] = set()
        for at in range(len(text) + 1):
            current.add(self._start)
            current = self._reach(current, text, at)
            if self._end in current:
                return True
            if at < len(text):
                sign = text[at]
                current = {
                    after
                    for number in current
                    if (test := self._states[number].test) is not None and test(sign)
                    for after in self._states[number].nexts
                }
        return False

    def _reach(self, states: set[int], text: str, at: int) -> set[int]:
        """All states that are reached from these without a further character."""
        seen, open_states = set(states), list(states)
        while open_states:
            state = self._states[open_states.pop()]
            if state.test is not None or (
                state.place is not None and not _holds(state.place, text, at, self._lines)
            ):
                continue
            fresh = [number for number in state.nexts if number not in seen]
            seen.update(fresh)
            open_states.extend(fresh)
        return seen

    def _state(self, **more: Any) -> int:
        if len(self._states) >= MOST_STATES:
            raise BadPattern("It repeats too much: shorten the counts in { }.")
        self._states.append(_State(**more))
        return len(self._states) - 1

    def _sequence(self, items: Sequence[Any], start: int) -> int:
        for operation, argument in items:
            start = self._item(operation, argument, start)
        return start

    def _item(self, operation: Any, argument: Any, start: int) -> int:
        if operation in (_op.MAX_REPEAT, _op.MIN_REPEAT):
            return self._repeat(argument, start)
        if operation is _op.SUBPATTERN:
            _, added, removed, items = argument
            if added or removed:
                raise BadPattern("Options for a part of it, such as (?i:…), are not understood here.")
            return self._sequence(items, start)
        if operation is _op.BRANCH:
            end = self._state()
            for items in argument[1]:
                self._join(self._sequence(items, self._after(start)), end)
            return end
        if operation is _op.AT:
            state = self._after(start, place=argument)
            return self._after(state)
        state = self._after(start, test=self._test(operation, argument))
        return self._after(state)

    def _repeat(self, argument: Any, start: int) -> int:
        least, most, items = argument
        for _ in range(least):
            start = self._sequence(items, self._after(start))  # a state each time: they are counted
        if most is _op.MAXREPEAT:
            loop = self._after(start)
            self._join(self._sequence(items, self._after(loop)), loop)
            return self._after(loop)
        end = self._state()
        for _ in range(most - least):
            self._join(start, end)
            start = self._sequence(items, self._after(start))
        self._join(start, end)
        return end

    def _after(self, start: int, **more: Any) -> int:
        state = self._state(**more)
        self._join(start, state)
        return state

    def _join(self, start: int, end: int) -> None:
        self._states[start].nexts.append(end)

    def _test(self, operation: Any, argument: Any) -> Test:
        if operation is _op.ANY:
            return (lambda sign: True) if self._all else (lambda sign: sign != "\n")
        if operation in (_op.LITERAL, _op.NOT_LITERAL, _op.IN):
            return _character_test(_as_source(operation, argument), self._ignore_case)
        raise BadPattern(
            "It looks around or back, with (?=…), (?!…), (?<…), \\1 or the like: that is not understood here."
        )


def _holds(place: Any, text: str, at: int, lines: bool) -> bool:
    if place in (_op.AT_BEGINNING, _op.AT_BEGINNING_STRING):
        return at == 0 or (lines and place is _op.AT_BEGINNING and text[at - 1] == "\n")
    if place is _op.AT_END:
        return at == len(text) or (text[at] == "\n" and (lines or at == len(text) - 1))
    if place is _op.AT_END_STRING:
        return at == len(text)
    before = at > 0 and _is_word(text[at - 1])
    after = at < len(text) and _is_word(text[at])
    return (before != after) == (place is _op.AT_BOUNDARY)


def _is_word(sign: str) -> bool:
    return sign == "_" or sign.isalnum()


@lru_cache(maxsize=2000)
def _character_test(source: str, ignore_case: bool) -> Test:
    """One character at a time may be left to `re`: it cannot backtrack over it."""
    match = re.compile(source, re.DOTALL | (re.IGNORECASE if ignore_case else 0)).fullmatch
    return lambda sign: match(sign) is not None


_CATEGORIES = {
    _op.CATEGORY_DIGIT: r"\d",
    _op.CATEGORY_NOT_DIGIT: r"\D",
    _op.CATEGORY_SPACE: r"\s",
    _op.CATEGORY_NOT_SPACE: r"\S",
    _op.CATEGORY_WORD: r"\w",
    _op.CATEGORY_NOT_WORD: r"\W",
}


def _as_source(operation: Any, argument: Any) -> str:
    if operation is _op.LITERAL:
        return _sign(argument)
    if operation is _op.NOT_LITERAL:
        return f"[^{_sign(argument)}]"
    parts = []
    for kind, value in argument:
        if kind is _op.NEGATE:
            parts.append("^")
        elif kind is _op.LITERAL:
            parts.append(_sign(value))
        elif kind is _op.RANGE:
            parts.append(f"{_sign(value[0])}-{_sign(value[1])}")
        else:
            parts.append(_CATEGORIES[value])
    return f"[{''.join(parts)}]"


def _sign(code: int) -> str:
    return f"\\U{code:08x}"


@lru_cache(maxsize=500)
def compile_pattern(source: str) -> Pattern:
    """The pattern, compiled once in a process. Raises BadPattern."""
    return Pattern(source)


def comment_of(source: str) -> str:
    """What a pattern says about itself: `(?#Mandatory).` says Mandatory; empty when it says nothing."""
    found = re.search(r"\(\?#([^)]*)\)", source)
    return found[1].strip() if found else ""
