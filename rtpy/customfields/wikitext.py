"""RT's wiki markup (Text::WikiFormat) as HTML: headings, bold, italic, lists, links and paragraphs."""

import re
from html import escape

# Possessive and without brackets inside: people may write a million characters into a field.
_LINK = re.compile(r"\[(https?://[^\s|\[\]]++)(?:[|\s]([^\[\]]*+))?\]")
_HEADING = re.compile(r"(={1,6})(.+)")
_ITEM = re.compile(r"^\s*(\*|\d+[.)]|#)\s+(.*)$")


def wiki_to_html(text: str) -> str:
    """The markup as HTML; everything else in it is escaped, so no tag of the writer gets through."""
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        blocks.extend(_block(block.split("\n")))
    return "\n".join(blocks)


def _block(lines: list[str]) -> list[str]:
    done: list[str] = []
    words: list[str] = []
    items: list[str] = []
    tag = "ul"

    def close() -> None:
        if items:
            done.append(f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>")
            items.clear()
        if words:
            done.append(f"<p>{'<br>'.join(words)}</p>")
            words.clear()

    for line in lines:
        if heading := _HEADING.match(line):
            close()
            level = min(len(heading[1]) + 2, 6)  # the page has its own h1 and h2
            done.append(f"<h{level}>{_inline(heading[2].rstrip('=').strip() or heading[2])}</h{level}>")
        elif item := _ITEM.match(line):
            kind = "ul" if item[1] == "*" else "ol"
            if words or (items and kind != tag):
                close()
            tag = kind
            items.append(_inline(item[2]))
        elif line.strip():
            if items:
                close()
            words.append(_inline(line))
    close()
    return done


def _inline(text: str) -> str:
    safe = escape(text, quote=False)
    safe = re.sub(r"'''(.+?)'''", r"<strong>\1</strong>", safe)
    safe = re.sub(r"''(.+?)''", r"<em>\1</em>", safe)
    return _LINK.sub(lambda found: f'<a href="{_attribute(found[1])}">{found[2] or found[1]}</a>', safe)


def _attribute(address: str) -> str:
    return re.sub(r"</?(?:strong|em)>", "", address).replace('"', "%22")
