"""Header lines of the mails that we write: values made safe, encoded and folded (RFC 5322, 2047, 2231).

Nothing that comes in can break out of its line: every control character and every Unicode line end becomes a blank.
"""

import re
from base64 import b64encode
from urllib.parse import quote

_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ADDRESS = re.compile(r"[^\s<>(),;:\\\"@\x00-\x20\x7f-\x9f]+@[^\s<>(),;:\\\"@\x00-\x20\x7f-\x9f]+")
_LINE = 76


def one_line(text: str, longest: int = 900) -> str:
    """Text for a header: no line ends, no control or direction signs, single blanks."""
    return " ".join(_INVISIBLE.sub("", _BREAKING.sub(" ", text)).split())[:longest]


def is_sendable(address: str) -> bool:
    """Whether something can stand as an address in an envelope and a header: local@domain, nothing that breaks out."""
    if len(address) > 320 or address.startswith("-") or {"|", "`"} & set(address):
        return False  # to sendmail and its like the last ones are commands
    return _ADDRESS.fullmatch(address) is not None


def encoded(text: str) -> str:
    """Unstructured text, ready for the wire: as it is when ASCII, else in encoded words of UTF-8."""
    text = one_line(text)
    if text.isascii() and "=?" not in text and all(len(word) < 500 for word in text.split(" ")):
        return text
    return " ".join(_words(text))


def mailbox(name: str, address: str) -> str:
    """`"Name" <address>`, ready for the wire."""
    name = one_line(name, 120)
    if not name or name.lower() == address.lower():
        return address
    if not name.isascii() or "=?" in name:
        return f"{' '.join(_words(name))} <{address}>"
    if _ATOMS.fullmatch(name):
        return f"{name} <{address}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>'


def header_line(name: str, value: str) -> bytes:
    """One header, folded at blanks, with its line end. `value` is ready for the wire (ASCII)."""
    line, lines = f"{name}:", []
    for word in one_line(value, 500_000).split(" "):
        if len(line) + 1 + len(word) > _LINE and line.strip() and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    return "\r\n".join(lines).encode("ascii", "replace") + b"\r\n"


def parameter(name: str, value: str) -> str:
    """`; name="value"` for a Content- header; by RFC 2231 when it is not plain ASCII.

    No plain twin beside the encoded one: programs that know both may take the wrong one.
    """
    value = one_line(value, 200)
    if value.isascii() and not re.search(r'["\\]', value):
        return f'; {name}="{value}"'
    return f"; {name}*=utf-8''{quote(value, safe='')}"


def _words(text: str) -> list[str]:
    words, chunk = [], b""
    for sign in text:
        data = sign.encode("utf-8", "replace")
        if len(chunk) + len(data) > 45:
            words.append(chunk)
            chunk = b""
        chunk += data
    words.append(chunk)
    return [f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words]
