"""Plain text with the few marks that people write by themselves, as HTML: headings, lists, bold words, code, links."""

import re
from html import escape

from rtpy.content.linkify import linkify

_HEADING = re.compile(r"(#{1,3})\s(.*)")
_POINT = re.compile(r"[-*•]\s+(.*)")
_STEP = re.compile(r"\d{1,3}[.)]\s+(.*)")
_QUOTE = re.compile(r">\s?(.*)")
_PIECE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|\[(?P<label>[^\[\]\n]+)\]\((?P<target>(?:https?://|mailto:|tel:|page:)[^\s()]+)\)"
)
_KINDS = (("ul", _POINT), ("ol", _STEP), ("blockquote", _QUOTE))


def marked_html(text: str) -> str:
    """HTML of a text; it is escaped throughout, and shall be made harmless all the same.

    Blank lines divide paragraphs. `# ` begins a heading, `- ` a point, `1. ` a step, `> ` a quotation; lines
    of three backticks enclose what stays as it is. In a line: `**bold**`, `code` in backticks, `[words](address)`.
    """
    return "\n".join(_blocks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))


def _blocks(lines: list[str]) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].startswith("```")), len(lines))
            found.append(f"<pre>{escape(chr(10).join(lines[at + 1 : end]))}</pre>")
            at = end + 1
        elif not line.strip():
            at += 1
        elif heading := _HEADING.match(line):
            level = len(heading[1]) + 1
            words = heading[2].rstrip("#").strip()
            found.append(f"<h{level}>{_inline(words)}</h{level}>")
            at += 1
        elif (kind := _kind(line)) is not None:
            at, block = _group(lines, at, *kind)
            found.append(block)
        else:
            end = next((n for n in range(at, len(lines)) if n > at and _is_other(lines[n])), len(lines))
            found.append(f"<p>{_broken(lines[at:end])}</p>")
            at = end
    return found


def _kind(line: str) -> tuple[str, re.Pattern[str]] | None:
    return next((each for each in _KINDS if each[1].match(line)), None)


def _is_other(line: str) -> bool:
    """Does this line end a paragraph?"""
    return not line.strip() or line.startswith("```") or bool(_HEADING.match(line)) or _kind(line) is not None


def _group(lines: list[str], at: int, tag: str, mark: re.Pattern[str]) -> tuple[int, str]:
    """Where the list or quotation that begins at line `at` ends, and its HTML."""
    entries: list[list[str]] = []
    while at < len(lines):
        line = lines[at]
        if match := mark.match(line):
            entries.append([match[1]])
        elif line.strip() and line[:1] in " \t" and entries:  # goes on with the entry above
            entries[-1].append(line.strip())
        else:
            break
        at += 1
    if tag == "blockquote":
        return at, f"<blockquote><p>{_broken([line for entry in entries for line in entry])}</p></blockquote>"
    return at, f"<{tag}>{''.join(f'<li>{_broken(entry)}</li>' for entry in entries)}</{tag}>"


def _broken(lines: list[str]) -> str:
    return "<br>\n".join(_inline(line.strip()) for line in lines)


def _inline(line: str) -> str:
    out: list[str] = []
    at = 0
    for found in _PIECE.finditer(line):
        out.append(linkify(line[at : found.start()]))
        out.append(_marked(found))
        at = found.end()
    out.append(linkify(line[at:]))
    return "".join(out)


def _marked(found: re.Match[str]) -> str:
    if found["code"]:
        return f"<code>{escape(found['code'])}</code>"
    if found["bold"]:
        return f"<strong>{escape(found['bold'])}</strong>"
    return f'<a href="{escape(found["target"])}">{escape(found["label"])}</a>'
