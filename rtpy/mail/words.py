"""Words in header fields: raw bytes, encoded words (RFC 2047) and base64 as text, whatever mailers made of them."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rtpy.mail.charsets import choose_codec, codec_for, decode, reads

# Halves of surrogate pairs, which UTF-7 can hide, cannot be stored.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


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
            text = word_text(bytes(data), codec, run[first].charset)
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


def word_text(data: bytes, codec: str, declared: str) -> str:
    """The text of an encoded word's bytes; `codec` is the declared one, empty when it is not known."""
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


def storable(text: str) -> str:
    """Text that every database takes: no NUL, no half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
