"""Names and types under which files of strangers are handed out: safe on every system, never shown as a page."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

MAX_BYTES: Final = 150
"""Bytes (UTF-8) of a name that every file system and browser takes."""

INLINE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})
"""The only types a browser may show by itself; everything else is downloaded (A03)."""

_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*]+')
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9!#$&+.^_`{}~ ()@,=\-]")
_DEVICES: Final = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$", re.I)
_RUNS: Final = re.compile(
    r"[/+.-](?:x-)?(?:xml|svg|x?html|xsl|xslt|rdf|mathml|(?:java|ecma|live|j|vb)script|shockwave-flash|json|hta|mhtml)(?![a-z0-9])"
)
"""Words in a type that a browser could run or read as a page; `openxmlformats` is none."""
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$")


def safe_filename(name: str) -> str:
    """A name to save a file under: no folders, control or direction characters, at most 150 bytes, never empty.

    Letters of all scripts stay. The ending stays when a long name is cut.
    """
    name = unicodedata.normalize("NFC", name[:4_000].encode("utf-8", "replace").decode("utf-8"))
    name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    name = "".join(
        char for char in name if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    name = _FORBIDDEN.sub("_", re.sub(r"\s+", " ", name)).strip(" .")
    name = name.lstrip("-~ .")
    if not name.strip("._- "):
        return "file"
    if _DEVICES.match(name):
        name = f"_{name}"
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = MAX_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .") + dot + ending


def shown_filename(name: str) -> str:
    """A name as pages show it: the one that was given, on one line, without direction signs that turn its ending."""
    name = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in name[:4_000]
        if unicodedata.category(char) not in ("Cf", "Cs")
    )
    return " ".join(name.split())[:250]


def content_disposition(name: str, inline: bool) -> str:
    """The header value for a download (RFC 6266): an ASCII name for old readers and the exact one (RFC 8187)."""
    safe = safe_filename(name)
    bare = "".join(char for char in unicodedata.normalize("NFKD", safe) if not unicodedata.combining(char))
    plain = _NOT_PLAIN.sub("_", bare)
    kind = "inline" if inline else "attachment"
    if plain == safe:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def served_type(content_type: str) -> str:
    """The Content-Type to send for what a stranger declared.

    Types of the closed list stay (text always as UTF-8 or the caller's charset); whatever a browser could run
    or sniff becomes plain bytes. Malformed types do too (A04).
    """
    kind = content_type.split(";")[0].strip().lower()
    if not _TYPE.match(kind) or (
        kind.startswith(("text/", "multipart/", "message/")) and kind != "text/plain"
    ):
        return "application/octet-stream"
    if kind in INLINE_TYPES:
        return kind
    if _RUNS.search(kind):
        return "application/octet-stream"
    return kind


def is_inline(content_type: str) -> bool:
    """Whether a browser may show a file of this declared type by itself."""
    return content_type.split(";")[0].strip().lower() in INLINE_TYPES
