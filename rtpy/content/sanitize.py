"""HTML of strangers made harmless: a closed list of tags, no script, no style, no foreign requests."""

import re
from collections.abc import Callable
from html import escape
from typing import Final
from urllib.parse import unquote, urlsplit

import nh3

from rtpy.content.linkify import REL, ascii_host, paragraphs
from rtpy.content.plain import MAX_HTML, is_too_complex, strip_tags

_TAGS: Final = frozenset(
    "a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em "
    "figcaption figure "
    "font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody "
    "td tfoot th thead time tr tt u ul var wbr".split()
)
_GONE: Final = frozenset(
    "script style title template noscript noembed noframes iframe object embed applet svg math xmp plaintext "
    "textarea select option audio video canvas".split()
)
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "bdo": {"dir"},
    "blockquote": {"type"},
    "col": {"span", "align"},
    "colgroup": {"span"},
    "div": {"align", "dir"},
    "img": {"src", "alt", "width", "height", "title"},
    "ol": {"start", "type"},
    "p": {"align", "dir"},
    "span": {"dir"},
    "table": {"border", "cellpadding", "cellspacing", "align"},
    "td": {"colspan", "rowspan", "align", "valign", "dir"},
    "th": {"colspan", "rowspan", "align", "valign", "dir"},
    "tr": {"align", "valign"},
}
QUOTE_CLASSES: Final = frozenset({
    "gmail_quote", "gmail_quote_container", "gmail_attr", "gmail_extra", "gmail_signature", "yahoo_quoted",
    "moz-cite-prefix", "moz-signature", "moz-forward-container", "protonmail_quote", "tutanota_quote",
    "zmail_extra", "OutlookMessageHeader", "rt-reply-header", "rt-signature", "WordSection1", "MsoNormal",
})  # fmt: skip
"""Classes of mailers that tell where a quotation or a signature begins; no others are kept."""

_CLASSES: Final = {
    "div": set(QUOTE_CLASSES), "blockquote": set(QUOTE_CLASSES), "p": {"MsoNormal"}, "pre": {"moz-signature"},
    "span": {"remote-image", *QUOTE_CLASSES}, "table": {"moz-email-headers-table"}, "hr": {"rt-reply-header"},
}  # fmt: skip

# Outlook marks its reply header by ids and a style, which are not kept: they are turned into a class first.
_REPLY_HEADER: Final = re.compile(
    r"(?:\bid\s{0,3}=\s{0,3}[\"']?(?:x_)*(?:divRplyFwdMsg|divtagdefaultwrapper_reply|stopSpelling|"
    r"OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|replySplit)[\"']?"
    r"|\bstyle\s{0,3}=\s{0,3}[\"']?border:\s?none;\s{0,3}border-top:\s?solid #(?:B5C4DF|E1E1E1) 1\.0pt"
    r"[^\"'>]{0,200}[\"']?)",
    re.I,
)
_SIGNATURE: Final = re.compile(
    r"\bid\s{0,3}=\s{0,3}[\"']?(?:x_)*(?:Signature|ms-outlook-mobile-signature)[\"']?", re.I
)
_BARE_IMAGE: Final = re.compile(r"<img(?![^>]*\ssrc=)([^>]*)>")
_ALT: Final = re.compile(r'\salt="([^"]*)"')
_EMPTY_CLASS: Final = re.compile(r'<([a-z0-9]+)([^<>]*?) class=""')
_LINK: Final = re.compile(r"<a(?=[ >])")
_NUMBER: Final = re.compile(r"\d{1,4}$")
_WORDS: Final = frozenset(
    "left right center justify top middle bottom baseline ltr rtl auto cite 1 a A i I disc circle square".split()
)


DEEPEST_LINKS: Final = 4


def clean_html(html: str, *, images: Callable[[str], str | None]) -> str:
    """HTML that is safe to stand in our pages, whatever came in; bounded in size, nesting and time.

    `images` gives our own address for the content id of a picture in the same message, or None. Pictures from
    elsewhere become their description in brackets: nothing is fetched. Links open in a new window without
    Referer; their hosts are written as they are really called. Styles go. Cleaning the result again changes nothing.
    """
    html = html[:MAX_HTML].replace("\x00", "")
    if is_too_complex(html):
        return paragraphs(strip_tags(html))
    html = _REPLY_HEADER.sub(' class="rt-reply-header"', html)
    html = _SIGNATURE.sub(' class="rt-signature"', html)
    clean = _clean(html, images)
    if _has_nested_links(clean):  # a table lets a link stand in a link, which may be read differently again
        for _ in range(DEEPEST_LINKS):
            before, clean = clean, _clean(clean, images)
            if clean == before:
                break
        else:
            return paragraphs(strip_tags(html))
    clean = _BARE_IMAGE.sub(_description, _EMPTY_CLASS.sub(r"<\1\2", clean))
    return _LINK.sub(f'<a rel="{REL}" target="_blank"', clean)


def _clean(html: str, images: Callable[[str], str | None]) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        allowed_classes=_CLASSES,
        attribute_filter=_attribute_filter(images),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        # A relative address comes from `images` only: the filter lets no other through.
        url_relative="pass_through",
        link_rel=None,
        strip_comments=True,
    )


def _has_nested_links(clean: str) -> bool:
    return any(piece.count("<a>") + piece.count("<a ") > 1 for piece in clean.split("</a>"))


def _attribute_filter(images: Callable[[str], str | None]) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return _picture(value, images)
        if name == "href":
            return _address(value)
        if name in (
            "width",
            "height",
            "colspan",
            "rowspan",
            "span",
            "start",
            "border",
            "cellpadding",
            "cellspacing",
        ):
            return value if _NUMBER.match(value) else None
        if name in ("align", "valign", "dir", "type"):
            return value if value in _WORDS or value.lower() in _WORDS else None
        return value[:1_000]

    return keep


def _picture(value: str, images: Callable[[str], str | None]) -> str | None:
    scheme, _, cid = value.strip().partition(":")
    if scheme.lower() != "cid" or not cid:
        return None
    return images(unquote(cid).strip("<>"))


def _address(value: str) -> str | None:
    """A link's target with the host as it is really called; None for what no browser would take to that place."""
    value = re.sub(r"[\x00-\x20\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", "", value)
    if not value.lower().startswith(("http:", "https:")):
        return value if value.lower().startswith(("mailto:", "tel:")) else None
    try:
        parts = urlsplit(value.replace("\\", "/"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    name = ascii_host(host)
    if not name:
        return None
    if "@" in parts.netloc or name != host:
        value = parts._replace(netloc=f"{name}:{port}" if port else name).geturl()
    return value


def _description(match: re.Match[str]) -> str:
    """What stands for a picture that is not shown: its description; a counting pixel leaves nothing."""
    attributes = match[1]
    if re.search(r'\s(?:width|height)="[01]"', attributes):
        return ""
    alt = _ALT.search(attributes)
    words = alt[1].strip() if alt and alt[1].strip() else escape("image")
    return f'<span class="remote-image">[{words}]</span>'
