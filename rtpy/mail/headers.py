"""Header fields of a mail: cut out of the bytes, unfolded, decoded (RFC 2047, 2231 and what people send instead)."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from rtpy.mail.charsets import choose_codec, codec_for, decode, reads

MAX_FIELDS: Final = 20_000
"""Fields of one header that are looked at; a header of more is hostile or broken."""
MAX_VALUE: Final = 1_100_000
"""Bytes of one field that are looked at."""

_FIELD: Final = re.compile(rb"[!-9;-~]{1,4000}[ \t]*:")
_KNOWN: Final = re.compile(
    rb"(?:content-[a-z]+|mime-version|subject|from|to|cc|bcc|date|message-id|received|return-path|reply-to|sender"
    rb"|references|in-reply-to|x-[a-z0-9-]+|user-agent|delivered-to|list-[a-z]+|dkim-[a-z]+|precedence|importance"
    rb"|thread-[a-z]+|disposition-notification-to|organization|errors-to|status|lines)[ \t]*:",
    re.I,
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(slots=True)
class Header:
    """One header: its fields in order as (lower-case name, raw bytes after the colon), and its own bytes."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    raw: bytes = b""
    hint: str = ""
    """The codec for raw 8-bit bytes in fields, known from the body's charset."""
    good_until: int = 0
    """Up to here lines were found to belong to the header, whatever they look like."""
    unfinished: bool = False
    """No blank line stood between header and body."""

    def first(self, name: str) -> bytes | None:
        """The raw bytes of the first field of that (lower-case) name."""
        for known, value in self.fields:
            if known == name:
                return value
        return None

    def all(self, name: str) -> list[bytes]:
        """The raw bytes of all fields of that name, in order."""
        return [value for known, value in self.fields if known == name]

    def text(self, name: str) -> str:
        """The first field of that name, decoded to one line of text; empty when missing."""
        value = self.first(name)
        return "" if value is None else decode_text(value, self.hint)

    def plain(self, name: str) -> str:
        """The first field of that name as one line, not decoded: for structured fields."""
        value = self.first(name)
        return "" if value is None else one_line(to_text(value, self.hint))


def read_header(data: bytes, start: int, end: int, stops: dict[bytes, list[int]]) -> tuple[Header, int]:
    """The header that begins at `start`, and where its body begins.

    Ends at a blank line, at a line that is a boundary in `stops`, at `end`, or where lines are no fields any more
    (no blank line at all). A line of blanks ends it too, unless a well-known field follows.
    """
    header = Header()
    pos = start
    name, value_from = "", start
    while True:
        line_end = data.find(b"\n", pos, end)
        after = end if line_end < 0 else line_end + 1
        line = data[pos : min(after, pos + 5_000)]
        kind = _kind_of_line(data, line, after, end, header, name, stops) if pos < end else "stop"
        if kind == "more":
            pos = after
            continue
        if name and len(header.fields) < MAX_FIELDS:
            header.fields.append((name, data[value_from : min(pos, value_from + MAX_VALUE)]))
        if kind != "field":
            header.raw = data[start:pos]
            header.unfinished = kind == "body"
            return header, (after if kind == "blank" else pos)
        colon = line.index(b":")
        name, value_from = line[:colon].strip().decode("ascii").lower(), pos + colon + 1
        pos = after


def _kind_of_line(
    data: bytes, line: bytes, after: int, end: int, header: Header, name: str, stops: dict[bytes, list[int]]
) -> str:
    """field, more (a folded line or rubbish between fields), blank, stop (a boundary), or body (text begins)."""
    if line[0] in b" \t":
        if line.strip():
            return "more" if name else "body"
        return "more" if name and _goes_on(data, after, end) else "blank"
    if line in (b"\n", b"\r\n", b"\r"):
        return "blank"
    if line.startswith(b"--") and is_boundary(line, stops):
        return "stop"
    if _FIELD.match(line):
        return "field"
    if line.startswith((b"From ", b">From ")) and not name:
        return "more"
    if not name or line.startswith(b"--"):
        return "body"
    if _KNOWN.match(data, after, end):
        return "more"  # one line of rubbish between fields
    return "more" if _misses_field(data, after, end, header) else "body"


def _goes_on(data: bytes, pos: int, end: int) -> bool:
    """Whether a well-known field follows after folded lines."""
    for _ in range(100):
        if _KNOWN.match(data, pos, end):
            return True
        line_end = data.find(b"\n", pos, min(end, pos + 1_000))
        line = data[pos:line_end].rstrip()
        if line_end < 0 or not line or line[:1] not in (b" ", b"\t"):
            return False
        pos = line_end + 1
    return False


_ESSENTIAL: Final = re.compile(rb"(from|subject|content-type|mime-version|message-id)[ \t]*:", re.I)


def _misses_field(data: bytes, pos: int, end: int, header: Header) -> bool:
    """Whether lines that lost their leading blanks stand here: an essential field that is not there yet follows."""
    if pos <= header.good_until:
        return True
    for _ in range(1_000):
        found = _ESSENTIAL.match(data, pos, end)
        if found and header.first(found[1].decode("ascii").lower()) is None:
            header.good_until = pos
            return True
        line_end = data.find(b"\n", pos, min(end, pos + 2_000))
        if line_end < 0 or not data[pos:line_end].strip():
            return False
        pos = line_end + 1
    return False


def is_boundary(line: bytes, stops: dict[bytes, list[int]]) -> bool:
    """Whether this line is one of the boundaries, opening or closing."""
    mark = line.rstrip()
    return mark in stops or (mark.endswith(b"--") and mark[:-2] in stops)


def to_text(value: bytes, hint: str = "") -> str:
    """Raw bytes of a header as text: UTF-8, else the body's charset, else Windows-1252; nothing is decoded."""
    if value.isascii():
        return value.decode("ascii")
    if reads(value, "utf-8"):
        return value.decode("utf-8")
    if hint.startswith("iso2022_jp") and reads(value, "cp932"):
        return decode(value, "cp932")
    if hint and hint != "utf-8" and reads(value, hint):
        return decode(value, hint)
    return decode(value, choose_codec(value)[0])


def one_line(text: str) -> str:
    """Unfolded: line ends, tabs and control characters become one blank; blanks at the ends go."""
    text = text.replace("\r\n ", " ").replace("\n ", " ")
    return _CONTROL.sub(" ", text).strip()


def decode_text(value: bytes | str, hint: str = "") -> str:
    """An unstructured field (a subject, a display name) decoded to one line of text."""
    text = value if isinstance(value, str) else to_text(value, hint)
    text = one_line(text)
    return one_line(decode_words(text)) if "=?" in text else text


def decode_words(text: str) -> str:
    """Encoded words (RFC 2047) decoded wherever they stand; what cannot be decoded stays as it is.

    Neighbours in the same charset are joined before decoding, since mailers split inside of a character.
    """
    out: list[str] = []
    run: list[_Word] = []
    at = 0
    for word in _words(text):
        gap = text[at : word.start]
        if gap and (gap.strip() or not run):
            out.append(_decode_run(run))
            run = []
            out.append(gap)
        run.append(word)
        at = word.end
    out.append(_decode_run(run))
    out.append(text[at:])
    return "".join(out)


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    charset: str
    encoding: str
    content: str
    text: str


_WORD: Final = re.compile(r"=\?([^?\s=]{1,80})\?([bBqQ])\?")


def _words(text: str) -> Iterator[_Word]:
    """Encoded words from left to right; every position is looked at once."""
    close = -1
    at = 0
    while found := _WORD.search(text, at):
        begin = found.end()
        if close < begin and (close := text.find("?=", begin)) < 0:
            return
        inner = text.find("=?", begin, close)
        if inner >= 0 and _WORD.match(text, inner):
            at = inner
            continue
        end = close + 2
        yield _Word(
            found.start(), end, found[1], found[2].lower(), text[begin:close], text[found.start() : end]
        )
        at = end


def _decode_run(run: list[_Word]) -> str:
    """Words side by side: bytes of one charset are put together first."""
    out: list[str] = []
    index = 0
    while index < len(run):
        codec = codec_for(run[index].charset)
        data = bytearray()
        first = index
        while index < len(run) and (index == first or codec_for(run[index].charset) == codec):
            content = run[index].content
            if run[index].encoding == "b":
                limit = index + 4  # a join longer than that is no split base64 but an attack on our time
                while index < limit and _is_cut(content) and _continues(run, index, codec):
                    index += 1
                    content += run[index].content
                piece = decode_base64(content.encode("utf-8", "replace"))
            else:
                piece = _decode_q(content)
            if not piece and content.strip():
                break
            data += piece
            index += 1
        if data:
            text = _word_text(bytes(data), codec, run[first].charset)
            # Control characters mean that it was no text: what was sent says more than what it decodes to.
            is_text = text.isprintable() or not _BROKEN.search(text)
            out.append(text if is_text else "".join(word.content for word in run[first:index]))
        if index < len(run) and (index == first or not data):
            out.append(run[index].text)
            index += 1
    return "".join(out)


_BROKEN: Final = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")


def _is_cut(content: str) -> bool:
    return not content.endswith("=") and len(content.strip()) % 4 != 0


def _continues(run: list[_Word], index: int, codec: str) -> bool:
    return (
        index + 1 < len(run) and run[index + 1].encoding == "b" and codec_for(run[index + 1].charset) == codec
    )


def _word_text(data: bytes, codec: str, declared: str) -> str:
    if codec and (codec.startswith("iso2022") or reads(data, codec)):
        return decode(data, "cp1252" if codec == "iso8859-1" and reads(data, "cp1252") else codec)
    return decode(data, choose_codec(data, declared)[0])


def _decode_q(content: str) -> bytes:
    data = content.replace("_", " ").encode("utf-8", "surrogateescape")
    return binascii.a2b_qp(data, header=False) if b"=" in data else data


_NOT_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_BASE64_AND_SPACE: Final = bytes(set(range(256)) - set(_NOT_BASE64)) + b" \t\r\n"


def decode_base64(data: bytes) -> bytes:
    """Base64 with all that mailers do to it: foreign characters, missing padding, several pieces one after the other.

    What stands behind the padding is another piece when it begins on its own line and is base64 throughout;
    else it is rubbish (a footer, a damaged boundary) and ends the data.
    """
    pad = data.find(b"=")
    whole = data if pad < 0 else data[:pad]
    rest = b"" if pad < 0 else data[pad:].lstrip(b"=")
    decoded = _decode_piece(whole.translate(None, _NOT_BASE64))
    if rest[:1] not in (b"\r", b"\n") or not rest.strip() or rest.translate(None, _BASE64_AND_SPACE):
        return decoded
    pieces = rest.translate(None, _NOT_BASE64).split(b"=")
    return decoded + b"".join(_decode_piece(piece) for piece in pieces if piece)


def is_base64(data: bytes, *, is_text: bool) -> bool:
    """Whether data may be base64 at all: a text that only claims to be is left as it is, so that it can be read."""
    first_line = data.lstrip()[:2_000].partition(b"=")[0].split(b"\n")[0].strip()
    if is_text and first_line.translate(None, _BASE64_AND_SPACE.replace(b" ", b"")):
        return False
    letters = len(data.partition(b"=")[0].translate(None, _NOT_BASE64))
    return letters > 100 or letters % 4 != 1


def _decode_piece(piece: bytes) -> bytes:
    spare = len(piece) % 4
    if spare == 1:
        piece = piece[:-1]
    elif spare:
        piece += b"=" * (4 - spare)
    return binascii.a2b_base64(piece)


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
    text = _word_text(bytes(data), codec, "") if data else ""
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
