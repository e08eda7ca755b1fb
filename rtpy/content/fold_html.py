"""Where the quotation begins in a reply written as HTML: by the marks of mailers, else by its words."""

import re
from html import unescape
from itertools import islice
from typing import Final

from rtpy.content.reply_marks import (
    FIELD,
    FORWARDED,
    FROM,
    HAS_WHO,
    LONGEST,
    SEPARATOR,
    WROTE,
    is_field_block,
)

_QUOTE_TAG: Final = re.compile(
    r"<(?:div|blockquote|span|hr|table|p)(?:\s[^>]*)?\sclass=\"(?:[^\"]*\s)?(?:gmail_quote|gmail_quote_container|yahoo_quoted"
    r"|moz-cite-prefix|protonmail_quote|tutanota_quote|zmail_extra|OutlookMessageHeader|rt-reply-header)(?:\s[^\"]*)?\"[^>]*>"
    r"|<blockquote(?:\s[^>]*)?\stype=\"cite\"[^>]*>",
)
_MOST_QUOTES: Final = 30
"""So many quotations are looked at for the one that ends the mail: more would take time, and no mail has them."""
_TAG: Final = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
_VOID: Final = frozenset(("br", "hr", "img", "col", "wbr"))
_BLOCK_END: Final = re.compile(
    r"<br>|</?(?:p|div|td|tr|table|tbody|blockquote|hr|li|ul|ol|pre|h[1-6])\b[^>]*>"
)


def fold_html(html: str) -> tuple[str, str]:
    """Cut sanitised HTML into what was written and the quotation below it; both are well-formed.

    Marks of mailers first, then the line `On … wrote:` and Outlook's quoted header as text. Nothing is cut when
    text would be left below the quotation (answers between), or when nothing would stay visible.
    """
    for at in _candidates(html):
        visible, quoted = _split(html, at)
        if not _words(visible):
            return html, ""
        return visible, quoted
    return html, ""


def _header_above(html: str, at: int) -> int:
    """Where the line `On … wrote:` directly above a quotation begins; `at` when there is none."""
    text, begin = "", at
    for match in reversed(list(_BLOCK_END.finditer(html, max(0, at - 3_000), at))):
        text = _words(html[match.end() : at])
        begin = match.end()
        if text:
            break
    said = text.endswith((":", "：")) and len(text) <= LONGEST and bool(HAS_WHO.search(text))
    return begin if said and ("@" in text or WROTE.search(text)) else at


def _candidates(html: str) -> list[int]:
    tags = islice(_QUOTE_TAG.finditer(html), _MOST_QUOTES)
    marked = next((m.start() for m in tags if _nothing_below(html, m.start())), len(html))
    if marked == len(html):
        plain = html.rfind("<blockquote>")
        above = _header_above(html, plain) if plain > 0 and _nothing_below(html, plain) else plain
        marked = above if 0 <= above < plain else marked
    else:
        marked = _header_above(html, marked)
    first = min(marked, _written_header(html))
    return [first] if first < len(html) else []


def _nothing_below(html: str, at: int) -> bool:
    """Whether the element at `at` is the last thing of the text; a header element has its quotation below it."""
    opened = html[at : html.find(">", at) + 1]
    if any(
        name in opened
        for name in ("rt-reply-header", "moz-cite-prefix", "OutlookMessageHeader", "gmail_attr")
    ):
        return "moz-cite-prefix" not in opened or not _words_outside_quotes(html, at)
    end = _element_end(html, at)
    # A window first: with many quotations in a row the whole rest would be read for each.
    return len(_words(html[end : end + 4_000])) < 40 and len(_words(html[end:])) < 40


def _words_outside_quotes(html: str, at: int) -> bool:
    quote = html.find("<blockquote", at)
    return quote >= 0 and len(_words(html[_element_end(html, quote) :])) > 200


def _element_end(html: str, at: int) -> int:
    depth = 0
    for match in _TAG.finditer(html, at):
        if match[2] in _VOID:
            if depth == 0:
                return match.end()
            continue
        depth += -1 if match[1] else 1
        if depth <= 0:
            return match.end()
    return len(html)


def _written_header(html: str) -> int:
    """Where a quotation's header begins that is only text; its offset in the HTML, or its length."""
    lines: list[str] = []
    starts: list[int] = []
    at = 0
    for match in _BLOCK_END.finditer(html):
        text = _words(html[at : match.start()])
        if text:
            lines.append(text[:LONGEST])
            starts.append(at)
        at = match.end()
    text = _words(html[at:])
    if text:
        lines.append(text[:LONGEST])
        starts.append(at)
    cut = _html_quote_start(lines)
    return starts[cut] if cut < len(lines) else len(html)


def _html_quote_start(lines: list[str]) -> int:
    for index, line in enumerate(lines):
        if FORWARDED.match(line):
            return len(lines)
        if SEPARATOR.match(line) or is_field_block(lines, index) or _has_inline_fields(line):
            return index
    return len(lines)


def _has_inline_fields(line: str) -> bool:
    """Outlook's header inside of one block: `From: … Sent: … To: … Subject: …`."""
    first = FIELD.match(line)
    if first is None or first["name"].lower() not in FROM:
        return False
    return (
        len(re.findall(r"\b(?:Sent|To|Subject|Gesendet|An|Betreff|Envoyé|À|Objet|Date|Datum): ", line)) >= 2
    )


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def _split(html: str, at: int) -> tuple[str, str]:
    """Cut at an offset between elements: open elements are closed in the first half and opened again in the second."""
    opened: list[tuple[str, str]] = []
    for match in _TAG.finditer(html[:at]):
        if match[2] in _VOID:
            continue
        if match[1]:
            if opened and opened[-1][0] == match[2]:
                opened.pop()
        else:
            opened.append((match[2], match[0]))
    closing = "".join(f"</{name}>" for name, _ in reversed(opened))
    again = "".join(tag for _, tag in opened)
    return html[:at] + closing, again + html[at:]
