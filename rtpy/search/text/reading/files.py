"""Which files have a text that can be read, by name and type; and reading them without harm."""

from typing import Final

from rtpy.content.plain import html_to_text
from rtpy.search.text.reading.apart import read_apart

PLAIN: Final = frozenset(
    "txt text csv tsv md markdown rst log ini cfg conf json xml yaml yml toml sql sh ps1 bat py ics vcf".split()
)
HTML: Final = frozenset(("html", "htm", "xhtml"))
APART: Final = {
    "docx": "docx", "docm": "docx", "dotx": "docx",
    "xlsx": "xlsx", "xlsm": "xlsx",
    "pptx": "pptx", "ppsx": "pptx", "pptm": "pptx",
    "odt": "odf", "ods": "odf", "odp": "odf", "ott": "odf",
    "pdf": "pdf",
    "eml": "eml",
}  # fmt: skip
"""By the ending of the name: what is read in a process of its own, and by what."""
TYPES: Final = {
    "application/pdf": "pdf",
    "message/rfc822": "eml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odf",
    "application/vnd.oasis.opendocument.spreadsheet": "odf",
    "application/vnd.oasis.opendocument.presentation": "odf",
    "text/html": "html",
}
LARGEST_PLAIN: Final = 1_000_000
"""Bytes of a file of plain text that are looked at."""


def is_readable(filename: str, content_type: str) -> bool:
    """Has such a file a text?"""
    return bool(_format(filename, content_type))


def read_file(data: bytes, filename: str, content_type: str, charset: str) -> str:
    """Its text; empty when it has none or cannot be read within the limits. Never raises."""
    kind = _format(filename, content_type)
    if kind == "plain":
        return _decoded(data[:LARGEST_PLAIN], charset)
    if kind == "html":
        return html_to_text(_decoded(data[:LARGEST_PLAIN], charset))
    return read_apart(kind, data) if kind else ""


def _format(filename: str, content_type: str) -> str:
    """plain, html, what `APART` says, or empty; the ending counts first: many mailers know no types."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if ending in PLAIN:
        return "plain"
    if ending in HTML:
        return "html"
    if ending in APART:
        return APART[ending]
    if content_type in TYPES:
        return TYPES[content_type]
    return "plain" if content_type.startswith("text/") else ""


def _decoded(data: bytes, charset: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for name in (charset, "utf-8-sig"):
        try:
            if name:
                return data.decode(name)
        except (LookupError, ValueError):
            continue
    cut = data[:-3].decode("utf-8", "ignore")
    return cut if len(cut) > len(data) * 0.6 else data.decode("cp1252", "replace")
