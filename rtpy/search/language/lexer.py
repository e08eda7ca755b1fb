"""The text of a query cut into tokens, each with the column where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rtpy.search.language.error import QueryError, clip

MOST_CHARACTERS = 64 * 1024
GREATEST_NUMBER = 2**63 - 1


class Sort(StrEnum):
    """What a token is; the value is how it is called in sentences."""

    WORD = "a word"
    NUMBER = "a number"
    DECIMAL = "a decimal number"
    TEXT = "a text in quotes"
    LOOSE = "a text without quotes"
    SIGN = "a sign"
    OPEN = "an opening parenthesis"
    CLOSE = "a closing parenthesis"
    COMMA = "a comma"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text.

    `raw` is what is written, `value` what it means: a text without its quotes and escapes, a number's digits.
    `column` is from 1.
    """

    sort: Sort
    raw: str
    value: str
    column: int

    @property
    def word(self) -> str:
        """A word in capitals, for keywords of the language; empty for everything else."""
        return self.raw.upper() if self.sort is Sort.WORD else ""

    @property
    def end(self) -> int:
        """The column after it."""
        return self.column + len(self.raw)


# Possessive throughout: each character is looked at once, whatever the text.
_BRACES = r"\{(?:[^}\\]|\\.)*+\}"
_SEGMENT = rf"(?:\w++|{_BRACES})"
_BLANK = re.compile(r"\s*+")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"", re.DOTALL)
_RUN = re.compile(rf"(?:[^\s()'\",=<>!&|~{{}}]++|{_BRACES})++", re.DOTALL)
_SIGN = re.compile(r"==|!=|<>|>=|<=|=>|=<|=~|!~|&&|\|\||[=<>!&|~]")
_NAME = re.compile(rf"{_SEGMENT}(?:\.{_SEGMENT})*+", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]++")
_DECIMAL = re.compile(r"[+-]?[0-9][\w.]*+")
_LOOSE_SEGMENT = rf"(?:[^.{{}}]++|{_BRACES})"
_LOOSE_NAME = re.compile(rf"{_LOOSE_SEGMENT}(?:\.{_LOOSE_SEGMENT})*+", re.DOTALL)
_SEGMENTS = re.compile(rf"([^.{{}}]++)|({_BRACES})", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_IN_BRACES = re.compile(r"\\([\\}])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SINGLE = {"(": Sort.OPEN, ")": Sort.CLOSE, ",": Sort.COMMA}
_CURLY = "‘’‚“”„«»`´"


def lex(text: str) -> Iterator[Token]:
    """One token after another, the last one is END. Raises QueryError. Takes time in proportion to the length."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError(
            f"a query may have {MOST_CHARACTERS:,} characters, and this one has {len(text):,}.",
            MOST_CHARACTERS + 1,
            text,
        )
    refuse_unstorable(text)
    at = _blank_end(text, 0)
    while at < len(text):
        token = _token(text, at)
        yield token
        at = _blank_end(text, at + len(token.raw))
    yield Token(Sort.END, "", "", len(text.rstrip()) + 1)


def refuse_unstorable(text: str) -> None:
    """Raises QueryError for characters that no database takes: NUL, and halves of pairs."""
    if bad := _UNSTORABLE.search(text):
        message = f"the character U+{ord(bad[0]):04X} cannot be searched for; remove it."
        raise QueryError(message, bad.start() + 1, text)


def name_segments(written: str) -> tuple[str, ...]:
    """The parts of a field's name between the dots, without braces: `CF.{a b}.Content` are CF, a b, Content.

    Nothing when it is no name. Parts may hold blanks, which outside of braces only a name in quotes can have.
    """
    if not _LOOSE_NAME.fullmatch(written):
        return ()
    found = tuple(
        plain or _ESCAPED_IN_BRACES.sub(r"\1", braced[1:-1]) for plain, braced in _SEGMENTS.findall(written)
    )
    return found if all(found) else ()


def is_plain_segment(segment: str) -> bool:
    """Can this part of a name stand without braces?"""
    return re.fullmatch(r"\w+", segment) is not None


def _blank_end(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _token(text: str, at: int) -> Token:
    column, first = at + 1, text[at]
    if first in _SINGLE:
        return Token(_SINGLE[first], first, first, column)
    if first in "'\"":
        return _quoted(text, at)
    if sign := _SIGN.match(text, at):
        return Token(Sort.SIGN, sign[0], sign[0], column)
    if first in _CURLY:
        raise QueryError(
            f"{first} is no quote of this language; write straight quotes: '…' or \"…\".", column, text
        )
    run = _RUN.match(text, at)
    open_brace = run.end() if run else at
    if text[open_brace : open_brace + 1] == "{":
        message = "the brace { that opens here is never closed; write } after the name."
        raise QueryError(message, open_brace + 1, text)
    if run:
        return _run(run[0], column, text)
    raise QueryError(f"“{first}” has no meaning here; put texts in quotes.", column, text)


def _quoted(text: str, at: int) -> Token:
    quoted = _QUOTED.match(text, at)
    if quoted is None:
        mark = text[at]
        raise QueryError(
            f"the quote {mark} that opens here is never closed; a quote inside of a text is written \\{mark}.",
            at + 1,
            text,
        )
    return Token(Sort.TEXT, quoted[0], _ESCAPED.sub(r"\1", quoted[0][1:-1]), at + 1)


def _run(raw: str, column: int, text: str) -> Token:
    if _NUMBER.fullmatch(raw):
        digits = raw.lstrip("+-0")
        if len(digits) > len(str(GREATEST_NUMBER)) or int(digits or "0") > GREATEST_NUMBER:
            raise QueryError(f"the number {clip(raw, 25)} is too large.", column, text)
        return Token(Sort.NUMBER, raw, raw, column)
    if _DECIMAL.fullmatch(raw):
        return Token(Sort.DECIMAL, raw, raw, column)
    if _NAME.fullmatch(raw) and name_segments(raw):
        return Token(Sort.WORD, raw, raw, column)
    if any(mark in raw for mark in _CURLY):
        raise QueryError("write straight quotes: '…' or \"…\".", column, text)
    return Token(Sort.LOOSE, raw, raw, column)
