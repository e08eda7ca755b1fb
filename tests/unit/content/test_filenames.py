"""Names and types of files that strangers sent: safe on disk, well formed in headers, never shown as a page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.content.filenames import MAX_BYTES, content_disposition, is_inline, safe_filename, served_type

HOSTILE = [
    '"><img src=x onerror=alert(1)>',
    "../../etc/passwd",
    "C:\\x",
    "..\\..\\boot.ini",
    "a\0b.txt",
    "a\r\nSet-Cookie: x=1",
    "invoice\u202egpj.exe",
    "x" * 4_000 + ".pdf",
    ".htacc\u200bess",
    "-rf",
    "...",
    "",
    " ",
    "con",
    "NUL.txt",
    "a/b/c.txt",
    "日本語.png",
    "Füße.pdf",
    "a;b,c.txt",
    "a'b*c.txt",
    "100%.txt",
    "\ud800x.txt",
    "name\u2028x.txt",
    "~root",
    "/",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a05_a_hostile_name_becomes_a_safe_one(name: str) -> None:
    safe = safe_filename(name)

    assert 0 < len(safe.encode()) <= MAX_BYTES
    assert not re.search(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u2028-\u202e]', safe)
    assert not safe.startswith((".", "-", "~", " "))
    assert not safe.endswith((".", " "))
    assert safe.lower() not in ("con", "nul.txt")


@pytest.mark.parametrize("name", HOSTILE)
def test_a05_the_header_is_well_formed(name: str) -> None:
    header = content_disposition(name, inline=False)

    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\\r\n]+\"(; filename\*=UTF-8''[A-Za-z0-9%._~-]+)?", header
    )
    assert header.isascii()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("a b.txt", "a b.txt"),
        ("日本語.png", "日本語.png"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a05_an_honest_name_stays(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


@given(st.text(max_size=300))
def test_a05_any_name_is_safe_and_stays_safe(name: str) -> None:
    safe = safe_filename(name)

    assert safe
    assert safe_filename(safe) == safe
    content_disposition(name, inline=True).encode("ascii")


@pytest.mark.parametrize(
    "declared",
    [
        "image/svg+xml",
        "text/html",
        "text/xml",
        "application/xml",
        "application/xhtml+xml",
        "text/html;charset=utf-7",
        "",
        "image/png\r\nX: y",
        "text/javascript",
        "application/javascript",
        "application/json",
        "TEXT/HTML",
        "image",
        "a/b/c",
        "text/css",
        "message/rfc822",
        "multipart/mixed",
        "application/rss+xml",
    ],
)
def test_a03_a04_what_a_browser_could_run_is_served_as_bytes(declared: str) -> None:
    assert served_type(declared) == "application/octet-stream"
    assert not is_inline(declared)


@pytest.mark.parametrize(
    "declared", ["image/png", "IMAGE/JPEG", "image/gif; name=x", "image/webp", "text/plain; charset=x"]
)
def test_a03_pictures_and_plain_text_are_shown(declared: str) -> None:
    assert is_inline(declared)
    assert served_type(declared) == declared.split(";")[0].lower()


def test_a03_a_pdf_keeps_its_type_but_is_not_shown() -> None:
    assert served_type("application/pdf") == "application/pdf"
    assert not is_inline("application/pdf")
