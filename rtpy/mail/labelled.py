"""Structured fields with parameters (Content-Type, Content-Disposition): RFC 2045, 2231 and what is sent instead."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from rtpy.mail.charsets import codec_for
from rtpy.mail.words import decode_text, one_line, to_text, word_text


@dataclass(frozen=True, slots=True)
class Labelled:
    """A structured field such as Content-Type: its value in lower case, and its parameters."""

    value: str
    params: dict[str, str]


_PARAM: Final = re.compile(r"[;\s]*([^\s=;:\"]{1,100})[ \t]*=[ \t]*")
_MAX_PARAMS: Final = 300
_MAX_LABEL: Final = 65_536


def read_labelled(value: bytes | None, hint: str = "") -> Labelled:
    """Content-Type or Content-Disposition with parameters; RFC 2231 pieces joined, broken quoting survived."""
    if value is None:
        return Labelled("", {})
    text = one_line(to_text(value[:_MAX_LABEL], hint))
    if "(" in text:
        text = without_comments(text)
    cut = re.search(r"[;\s]", text)
    head = text[: cut.start()] if cut else text
    params = _join_pieces(_params(text[cut.start() :])) if cut else {}
    return Labelled(head.strip(" \t\"';,").lower(), params)


def _params(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while len(found) < _MAX_PARAMS:
        match = _PARAM.match(text, at)
        if match is None:
            following = text.find(";", at + 1)
            if following < 0:
                break
            at = following
            continue
        value, at = _param_value(text, match.end())
        found.append((match[1].lower(), value))
    return found


def _param_value(text: str, at: int) -> tuple[str, int]:
    if at < len(text) and text[at] == '"':
        close = at + 1
        last = text.rfind('"')
        while (close := text.find('"', close)) > 0 and close < last and _is_escaped(text, close):
            close += 1
        if close > 0:
            return text[at + 1 : close].replace('\\"', '"').replace("\\\\", "\\"), close + 1
        at += 1
    end = text.find(";", at)
    end = len(text) if end < 0 else end
    # `charset=utf-8 format=flowed`, the semicolon forgotten
    lost = re.search(r"\s+[a-zA-Z-]{2,20}=", text[at : min(end, at + 2_000)])
    if lost:
        end = at + lost.start()
    return text[at:end].strip().strip("'\"") if text[at : at + 1] != "'" else text[at:end].strip().strip(
        "'"
    ), end


def _is_escaped(text: str, quote: int) -> bool:
    """Whether an odd number of backslashes stands before the quote."""
    count = 0
    while quote - count - 1 >= 0 and text[quote - count - 1] == "\\" and count < 50:
        count += 1
    return count % 2 == 1


_PIECE: Final = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?$")


def _join_pieces(found: list[tuple[str, str]]) -> dict[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, value in found:
        match = _PIECE.match(name)
        if match is None or (match[2] is None and match[3] is None):
            plain.setdefault(name, decode_text(value) if "=?" in value else value)
        else:
            pieces.setdefault(match[1], {}).setdefault(int(match[2] or 0), (match[3] is not None, value))
    for name, numbered in pieces.items():
        plain[name] = _extended(numbered)
    return plain


def _extended(numbered: dict[int, tuple[bool, str]]) -> str:
    codec = ""
    data = bytearray()
    for position, number in enumerate(sorted(numbered)):
        is_encoded, value = numbered[number]
        if position == 0 and is_encoded and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
            codec = codec_for(charset)
        data += unquote_to_bytes(value) if is_encoded else value.encode("utf-8", "replace")
    text = word_text(bytes(data), codec, "") if data else ""
    return decode_text(text)


def without_comments(text: str) -> str:
    """The text without (comments), which may be nested; quoted strings are left alone."""
    out: list[str] = []
    depth, quoted, skip = 0, False, False
    for char in text:
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            continue
        if not depth:
            out.append(char)
    return text if depth else "".join(out)
