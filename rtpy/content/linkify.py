"""Plain text as HTML: everything escaped, addresses of pages and mailboxes made clickable, paragraphs; linear time."""

import re
from html import escape
from typing import Final
from urllib.parse import urlsplit

MAX_URL: Final = 2_000
"""Longer addresses stay text."""

REL: Final = "noopener noreferrer nofollow"

_LINK: Final = re.compile(
    r"(?<![A-Za-z0-9_.+@/-])(?:(?P<url>https?://[^\s<>\"\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+)"
    r"|(?P<www>www\.[^\s<>\"/.\x00-\x1f]{1,63}\.[^\s<>\"\x00-\x1f]+)"
    r"|(?:mailto:)?(?P<mail>[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}))",
    re.I,
)
_TRAILING: Final = ".,;:!?'\"*_~`’”»>"
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


def linkify(text: str) -> str:
    """Escaped HTML of a text with links for http, https and mail addresses; line breaks stay as they are.

    A name in other letters is shown as it is really called (punycode), so that it cannot imitate another (A11).
    """
    out: list[str] = []
    at = 0
    for match in _LINK.finditer(text):
        found, rest = _trimmed(match[0])
        link = _link(match, found)
        if link:
            out.append(escape(text[at : match.start()]))
            out.append(link)
            out.append(escape(rest))
            at = match.end()
    out.append(escape(text[at:]))
    return "".join(out)


def paragraphs(text: str) -> str:
    """Escaped HTML with links: blank lines divide paragraphs, line ends become `<br>`."""
    blocks = re.split(r"\n(?:[ \t]*\n)+", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    return "\n".join(f"<p>{_broken(block)}</p>" for block in blocks if block.strip())


def _broken(block: str) -> str:
    lines = (_keep_indent(line) for line in linkify(block).split("\n"))
    return "<br>\n".join(lines)


def _keep_indent(line: str) -> str:
    """Leading blanks that a reader would lose; columns in logs and quoted code keep their place."""
    bare = line.lstrip(" \t")
    indent = line[: len(line) - len(bare)].expandtabs(8)
    return "\u00a0" * min(len(indent), 80) + bare.rstrip()


def _trimmed(found: str) -> tuple[str, str]:
    """Punctuation at the end belongs to the sentence, a closing bracket too unless it was opened inside."""
    end = len(found)
    counts: dict[str, int] = {}
    while end:
        last = found[end - 1]
        if last in _TRAILING:
            end -= 1
        elif last in _PAIRS:
            opening = counts.setdefault(_PAIRS[last], found.count(_PAIRS[last]))
            closing = counts.setdefault(last, found.count(last))
            if closing <= opening:
                break
            counts[last] -= 1
            end -= 1
        else:
            break
    return found[:end], found[end:]


def _link(match: re.Match[str], found: str) -> str:
    if len(found) > MAX_URL or not found:
        return ""
    if match["mail"]:
        address = found[7:] if found[:7].lower() == "mailto:" else found
        return _anchor(f"mailto:{address}", found)
    url = found if match["url"] else f"http://{found}"
    return _page_link(url, found)


def _page_link(url: str, shown: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    name = ascii_host(host)
    if not name or parts.username is not None or parts.password is not None:
        return ""
    if name != host or not host.isascii():
        url = parts._replace(netloc=f"{name}{port}").geturl()
        shown = url
    return _anchor(url, shown)


def ascii_host(host: str) -> str:
    """The real name of a host: letters of other scripts as punycode; empty when it is no host name."""
    if host.isascii():
        return host if re.fullmatch(r"[A-Za-z0-9._\-:%]{1,255}", host) else ""
    labels = []
    for label in host[:255].split("."):
        if label.isascii():
            labels.append(label)
            continue
        try:
            labels.append(label[:63].encode("idna").decode("ascii"))
        except UnicodeError:
            labels.append(f"xn--{label[:63].encode('punycode').decode('ascii')}")
    return ascii_host(".".join(labels))


def _anchor(href: str, shown: str) -> str:
    return f'<a href="{escape(href)}" rel="{REL}" target="_blank">{escape(shown)}</a>'
