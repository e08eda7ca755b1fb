"""Which codec really reads some bytes: declared names mended, then honest guesses; nothing about mail structure."""

import codecs
import re
from encodings.aliases import aliases
from typing import Final

UNKNOWN: Final = ""

# What mailers write, and the codec that reads it. Supersets replace the sets that are exceeded in practice.
_ALIASES: Final = {
    "utf8": "utf-8", "unicode": "utf-8", "unicode11utf8": "utf-8", "unicode11utf7": "utf-7", "utf8mb4": "utf-8",
    "ascii": "us-ascii", "ansi": "cp1252", "ansix341968": "us-ascii", "iso646us": "us-ascii",
    "latin": "iso-8859-1", "iso88591": "iso-8859-1", "8859": "iso-8859-1", "iso8859": "iso-8859-1",
    "iso88598i": "iso-8859-8", "iso88598e": "iso-8859-8", "iso88596i": "iso-8859-6", "iso88596e": "iso-8859-6",
    "logical": "iso-8859-8", "visual": "iso-8859-8",
    "gb2312": "gb18030", "gbk": "gb18030", "xgbk": "gb18030", "cp936": "gb18030", "ms936": "gb18030",
    "gb231280": "gb18030", "euccn": "gb18030", "cngb": "gb18030", "chinese": "gb18030",
    "ksc56011987": "cp949", "ksc5601": "cp949", "euckr": "cp949", "ksc56011992": "cp949", "korean": "cp949",
    "windows949": "cp949", "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "mskanji": "cp932",
    "windows31j": "cp932", "cp943c": "cp932", "eucjp": "euc_jp", "xeucjp": "euc_jp", "iso2022jp": "iso2022_jp_ext",
    "iso2022jp1": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext", "cp50222": "iso2022_jp_ext",
    "big5": "big5hkscs", "xxbig5": "big5hkscs", "cnbig5": "big5hkscs", "big5eten": "cp950",
    "macintosh": "mac_roman", "xmacroman": "mac_roman", "mac": "mac_roman", "xmaccyrillic": "mac_cyrillic",
    "xmaccentraleurroman": "mac_latin2", "macce": "mac_latin2", "koi8": "koi8-r", "koi": "koi8-r",
    "tis620": "cp874", "windows874": "cp874", "iso885911": "cp874", "xwindows874": "cp874",
}  # fmt: skip
# Codecs of Python that are no character sets, are slow on hostile input, or mean "unknown".
_REFUSED: Final = frozenset({
    "idna", "punycode", "undefined", "mbcs", "oem", "unicode_escape", "raw-unicode-escape", "unicode-escape",
    "raw_unicode_escape", "utf-16", "utf-32",
})  # fmt: skip
_MULTIBYTE: Final = frozenset(
    "utf-8 utf-7 gb18030 cp949 cp932 euc_jp iso2022_jp_ext big5hkscs cp950 iso2022_kr euc_kr johab hz".split()
)
_JUNK: Final = re.compile(r"[^a-z0-9]")
_META: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,10}=\s{0,10}[\"']?\s{0,10}([A-Za-z0-9_.:-]{2,40})", re.I
)
# Only names that Python knows are looked up: a failed look-up costs an import and is remembered for ever.
_PYTHONS: Final = frozenset({*aliases, *aliases.values()})
_known: dict[str, str] = {}


def codec_for(declared: str) -> str:
    """The codec of Python for a charset name as mailers write it; empty when nobody knows it.

    Quotes, commas, language tags (RFC 2231) and misspellings that occur in real mail are mended.
    """
    found = _known.get(declared)
    if found is None:
        found = _look_up(declared)
        if len(_known) < 1000:
            _known[declared[:100]] = found
    return found


def _look_up(declared: str) -> str:
    name = declared[:100].lower().split("*")[0].strip(" \t\r\n\"'\\,;<>=")
    name = re.split(r"[\s,;\"']", name)[0]
    name = name.removeprefix("charset=").strip("\"'")
    plain = _JUNK.sub("", name)
    for candidate in (_ALIASES.get(plain), name, _ALIASES.get(plain.removeprefix("x")), _spelled(plain)):
        if candidate and (codec := _text_codec(candidate)):
            return codec
    return UNKNOWN


def _spelled(plain: str) -> str:
    """Common shapes with other punctuation: `iso88592`, `windows1251`, `cp-1250`, `win1252`, `ibm850`."""
    if found := re.fullmatch(r"(?:x)?(?:iso)?8859(\d{1,2})", plain):
        return f"iso-8859-{found[1]}"
    if found := re.fullmatch(r"(?:x|ms)?(?:windows|win|cp|ibm|wincp|window)(\d{3,5})", plain):
        return f"cp{found[1]}"
    if plain.startswith("utf8"):
        return "utf-8"
    return ""


def _text_codec(name: str) -> str:
    if codecs_name(name) not in _PYTHONS:
        return UNKNOWN
    try:
        info = codecs.lookup(name)
        if not info._is_text_encoding:
            return UNKNOWN
    except (LookupError, ValueError):
        return UNKNOWN
    if info.name in ("utf-16", "utf-32"):
        return info.name
    return (
        UNKNOWN if info.name in _REFUSED or name in _REFUSED else (name if name in _MULTIBYTE else info.name)
    )


def codecs_name(name: str) -> str:
    """The name as the table of Python's codecs spells it."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def choose_codec(data: bytes, declared: str = "", *, is_html: bool = False) -> tuple[str, str]:
    """The codec to read `data` with, and a remark in plain words (empty when the declared one was right).

    Declared, then UTF-8, then (only for long texts) a guess by letter statistics, then Windows-1252. The codec
    reads every byte, but for a multi-byte text with a few broken places, which stays in its declared charset.
    """
    codec = codec_for(declared) if declared else UNKNOWN
    if not codec and is_html and (meta := _META.search(data[:4096])):
        codec = codec_for(meta[1].decode("ascii"))
        declared = declared if codec == UNKNOWN else ""
    if codec and codec != "us-ascii":
        if codec.startswith("iso2022_jp") and b"\x1b" in data:
            return codec, ""
        if codec == "iso8859-1" and _has_c1(data) and reads(data, "cp1252"):
            return "cp1252", ""
        if reads(data, codec):
            return codec, ""
    if data.isascii() and (codec not in _MULTIBYTE or b"\x1b" not in data):
        remark = f"The character set “{declared[:60]}” is not known" if declared and not codec else ""
        return "utf-8", remark
    return _fall_back(data, codec, declared)


def _fall_back(data: bytes, codec: str, declared: str) -> tuple[str, str]:
    said = f"“{declared[:60]}”" if declared else "no character set"
    if reads(data, "utf-8"):
        return "utf-8", f"The text declares {said}, but is UTF-8" if declared else ""
    if codec in _MULTIBYTE and _mostly_reads(data, codec):
        return codec, f"A few bytes are not {said}"
    if _mostly_reads(data, "utf-8"):
        return "utf-8", f"The text declares {said}; a few bytes are not UTF-8"
    guess = _guess(data) or ("cp1252" if reads(data, "cp1252") else "iso8859-1")
    return guess, f"The text declares {said}, which does not read it; it was read as {guess}"


def reads(data: bytes, codec: str) -> bool:
    """Whether the codec reads every byte."""
    if codec.startswith("iso2022") and not data.isascii():
        return False  # Python lets 8-bit bytes through as control characters
    try:
        text = data.decode(codec)
        if codec == "utf-7":
            text.encode()  # it lets halves of surrogate pairs through, which nobody can store
    except (UnicodeError, LookupError, ValueError):
        return False
    return True


def _mostly_reads(data: bytes, codec: str) -> bool:
    sample = data[:200_000]
    try:
        wrong = sample.decode(codec, "replace").count("\ufffd")
    except (UnicodeError, LookupError, ValueError):
        return False
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    return wrong * 10 <= high if codec == "utf-8" else wrong * 20 <= max(len(sample) // 4, 20)


def _has_c1(data: bytes) -> bool:
    return any(0x80 <= byte < 0xA0 for byte in data[:100_000].translate(None, bytes(range(128))))


def _guess(data: bytes) -> str:
    """By letter statistics; only where there is enough of them, since short texts are guessed wrong."""
    high = data[:20_000].translate(None, bytes(range(128)))
    if len(high) < 100 or len(high) * 20 < min(len(data), 20_000):
        return UNKNOWN
    from charset_normalizer import from_bytes

    best = from_bytes(data[:20_000]).best()
    codec = codec_for(best.encoding) if best else UNKNOWN
    return codec if codec and reads(data, codec) else UNKNOWN


def decode(data: bytes, codec: str) -> str:
    """The text of `data`; Japanese vendor characters that Python's ISO-2022-JP refuses are read through cp932."""
    if codec.startswith("iso2022_jp") and not reads(data, codec):
        return _decode_jis(data)
    try:
        return data.decode(codec or "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


_ESCAPE: Final = re.compile(rb"\x1b(\$[@B]|\$\([@B]|\([BJHI])")


def _decode_jis(data: bytes) -> str:
    """ISO-2022-JP as mailers in Japan write it (NEC row 13, half-width katakana): its kanji are cp932's, shifted."""
    if not data.isascii() and reads(data, "cp932"):
        return data.decode("cp932")
    pieces: list[str] = []
    mode = b"(B"
    for index, piece in enumerate(_ESCAPE.split(data)):
        if index % 2:
            mode = piece
        elif mode.startswith(b"$"):
            pieces.append(_shifted(piece))
        elif mode == b"(I":
            raised = bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in piece)
            pieces.append(raised.decode("cp932", "replace"))
        else:
            pieces.append(piece.decode("cp932", "replace"))
    return "".join(pieces)


def _shifted(jis: bytes) -> str:
    out = bytearray()
    index = 0
    while index < len(jis):
        row = jis[index]
        if row < 0x21 or row > 0x7E or index + 1 >= len(jis):
            out.append(row)
            index += 1
            continue
        cell = jis[index + 1]
        out.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
        out.append((cell + (0x20 if cell > 0x5F else 0x1F)) if row % 2 else cell + 0x7E)
        index += 2
    return out.decode("cp932", "replace")
